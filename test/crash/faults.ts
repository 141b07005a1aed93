import type { Random } from '../../src/core/sample/random.js';
import type { ExternalStage } from './external-stage.js';
import { counting, withGate } from './kills.js';
import { delay, withClient } from './snapshot.js';
import { pick, pickStep, someOf, type Disturbance, type DisturbedRun, type StepCounts } from './stage.js';
import type { Step } from './wire-messages.js';
import type { HeldMessage, Verdict } from './wire-proxy.js';

type Act = (stage: ExternalStage, args: readonly string[], random: Random, steps: StepCounts) => Promise<DisturbedRun>;
type Moment = (random: Random, steps: StepCounts) => (held: HeldMessage) => boolean;

const fault = (name: string, act: Act): Disturbance => ({
  name,
  act: (stage, args, random, steps) => act(stage as ExternalStage, args, random, steps),
});

const oneOf =
  (...kinds: readonly [Step, ...Step[]]): Moment =>
  (random, steps) => {
    const step = pickStep(random, steps, kinds);
    return counting(someOf(random, steps, step), (held) => held.step === step)();
  };
const anyStep = oneOf('connect', 'begin', 'statement', 'copy', 'copy-data', 'copy-done', 'commit', 'commit', 'bars');
const atCommit = oneOf('commit');
const inCopy = oneOf('copy-data');

const lose = (name: string, when: Moment, verdict: Verdict) =>
  fault(name, (stage, args, random, steps) => withGate(stage, args, when(random, steps), async () => verdict));

/** Runs one statement at a moment as somebody else, who may do everything. */
const meanwhile = (name: string, statement: (held: HeldMessage, stage: ExternalStage) => string) =>
  fault(name, (stage, args, random, steps) =>
    withGate(stage, args, inCopy(random, steps), async (held) => {
      await stage.external.sql(stage.external.server.url, statement(held, stage));
      return 'pass';
    }),
  );

/** Changes settings of the database for one run. */
const withSettings = (name: string, settings: (random: Random) => readonly string[]) =>
  fault(name, async (stage, args, random) => {
    const { external, database } = stage;
    const statements = settings(random).map((setting) => `alter database ${database} set ${setting}`);
    await external.sql(external.server.url, ...statements);
    const run = stage.run(args);
    await run.ended;
    await external.sql(external.server.url, `alter database ${database} reset all`);
    return { run, struck: true, killed: false };
  });

/** The connection goes silent at some step; whoever sits before it gives up after a while, at first politely. */
const silence = fault('no answer comes back', async (stage, args, random, steps) => {
  const signal = pick<NodeJS.Signals>(random, ['SIGINT', 'SIGTERM']);
  return withGate(stage, args, anyStep(random, steps), async (_held, run) => {
    setTimeout(() => run.kill(signal), 300);
    setTimeout(() => run.kill(signal), 1500);
    return 'pass-and-mute';
  });
});

const stall = fault('a message is a second late', (stage, args, random, steps) =>
  withGate(stage, args, anyStep(random, steps), async () => {
    await delay(1000);
    return 'pass';
  }),
);

const refusal = fault('connections are cut and refused for a while', (stage, args, random, steps) =>
  withGate(stage, args, anyStep(random, steps), async (_held, _run, proxy) => {
    const rest = 100 + random.below(1500);
    proxy.refuses = true;
    setTimeout(() => (proxy.refuses = false), rest);
    proxy.cutAll();
    return 'cut';
  }),
);

const restart = (signal: 'SIGINT' | 'SIGQUIT') =>
  fault(`the server restarts in the middle of COPY (${signal})`, (stage, args, random, steps) =>
    withGate(stage, args, inCopy(random, steps), async () => {
      await stage.external.server.kill(signal);
      await stage.external.restart();
      return 'pass';
    }),
  );

/** Somebody holds what the load wants, and wants what the load holds. */
const deadlock = fault('a deadlock with a foreign transaction', (stage, args, random, steps) =>
  withClient(stage.external.server.urlOf(stage.database), async (client) => {
    const { rowCount } = await client.query(`select from pg_namespace where nspname = 'tickloom'`);
    if (rowCount === 0) return lose('', anyStep, 'cut').act(stage, args, random, steps);
    // So that it is the load that is ended, not this one.
    await client.query(`set deadlock_timeout = '1h'`);
    await client.query('begin; lock table tickloom.symbology in share row exclusive mode');
    const done = await withGate(stage, args, counting(1, (held) => held.step === 'copy-done')(), async () => {
      const schema =
        args
          .find((arg) => arg.endsWith('.dbn'))
          ?.split('/')
          .at(-2)
          ?.replaceAll('-', '_') ?? 'trades';
      void client
        .query(`lock table tickloom."${schema}" in access exclusive mode; rollback`)
        .catch(() => client.query('rollback').catch(() => undefined));
      await delay(50);
      return 'pass';
    });
    await client.query('rollback').catch(() => undefined);
    return done;
  }),
);

const tooMany = fault('too many connections', (stage, args, random, steps) =>
  withGate(stage, args, anyStep(random, steps), async () => {
    const { external, database } = stage;
    await external.sql(external.server.url, `alter database ${database} connection limit 0`);
    setTimeout(
      () =>
        void external.sql(external.server.url, `alter database ${database} connection limit -1`).catch(() => undefined),
      100 + random.below(2500),
    );
    return 'cut';
  }),
);

/** The same command a second time at the same moment; one of the two may be killed. */
const rival = fault('the same command twice at once', async (stage, args, random) => {
  const other = stage.run(args);
  await delay(random.below(300));
  const run = stage.run(args);
  if (random.below(2) === 0) {
    await delay(300 + random.below(700));
    other.kill('SIGKILL');
  }
  await Promise.all([run.ended, other.ended]);
  return { run, struck: true, killed: false };
});

const interrupt = (signal: 'SIGINT' | 'SIGTERM') =>
  fault(`${signal} at some step`, (stage, args, random, steps) =>
    withGate(stage, args, anyStep(random, steps), async (_held, run) => {
      run.kill(signal);
      return 'pass';
    }),
  );

const pauseBackend = fault('the backend stands still for a while', (stage, args, random, steps) =>
  withGate(stage, args, anyStep(random, steps), async ({ backend }) => {
    if (backend === undefined) return 'cut';
    process.kill(backend, 'SIGSTOP');
    setTimeout(() => process.kill(backend, 'SIGCONT'), 500);
    return 'pass';
  }),
);

/** All faults that need nothing but a server of one's own. */
export const FAULTS: readonly Disturbance[] = [
  lose('the connection is cut before COMMIT arrives', atCommit, 'cut'),
  lose('the connection is cut while COMMIT is on its way', atCommit, 'pass-and-cut'),
  fault('the answer to COMMIT is lost', (stage, args, random, steps) =>
    withGate(stage, args, atCommit(random, steps), async (held) => {
      await held.sendAndWait();
      return 'cut';
    }),
  ),
  lose('the connection is cut in the middle of COPY', inCopy, 'cut'),
  lose('the connection is cut at some step', anyStep, 'cut'),
  silence,
  stall,
  refusal,
  restart('SIGINT'),
  restart('SIGQUIT'),
  meanwhile('the backend is terminated', ({ backend }) => `select pg_terminate_backend(${backend ?? 0})`),
  meanwhile('the statement is cancelled', ({ backend }) => `select pg_cancel_backend(${backend ?? 0})`),
  withSettings('statement_timeout', (random) => [`statement_timeout = '${1 + random.below(30)}ms'`]),
  withSettings('idle_in_transaction_session_timeout', (random) => [
    `idle_in_transaction_session_timeout = '${1 + random.below(20)}ms'`,
  ]),
  // Sorts and hashes that do not fit go to temporary files, of which there may be none.
  withSettings('temp_file_limit', () => ['temp_file_limit = 0', `work_mem = '64kB'`, 'hash_mem_multiplier = 1']),
  deadlock,
  tooMany,
  rival,
  interrupt('SIGINT'),
  interrupt('SIGTERM'),
  pauseBackend,
];
