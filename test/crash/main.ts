import { parseArgs } from 'node:util';
import { stopTestServers } from '../support/postgres-server.js';
import { TIMESCALE_URL } from '../support/timescale-server.js';
import { Campaign, type Outcome } from './campaign.js';
import { withGround } from './ground.js';
import { kindsOf } from './workloads.js';

const USAGE = `Usage: npm run test:crash -- [--seed N] [--kills N] [--faults N] [--kind KIND]
                             [--only "kill N" | --only "fault N"]

Kills loaders, backends and whole servers, and comes between them, while files are loaded. After each blow the same
command is run again, and the whole database compared with that of an undisturbed run. The same seed strikes the same
blows; --only repeats one scenario of it. --kind takes the commands on one schema alone, those that keep bars, or those
that load one large file over two connections (parts).
With TICKLOOM_TEST_TIMESCALE_URL, on a server of its own with the programs and the extension of that one, and on no
embedded one.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '300' },
      faults: { type: 'string', default: '100' },
      kind: { type: 'string' },
      only: { type: 'string', default: '' },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const [seed, kills, faults] = [values.seed, values.kills, values.faults].map(Number) as [number, number, number];
  const [part, only] = values.only === '' ? [] : values.only.split(' ');
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  const outcomes: Outcome[] = [];
  const started = Date.now();
  const plain = TIMESCALE_URL === undefined;
  const version = plain ? 18 : 'timescale';
  await withGround({ version, embedded: plain, disk: true, note }, async (ground) => {
    const { workloads } = ground;
    const chosen = workloads.filter(({ kind }) => kind === (values.kind ?? kind));
    if (chosen.length === 0) {
      throw new Error(`no commands are of kind "${values.kind ?? ''}", only of ${kindsOf(workloads).join(', ')}`);
    }
    const campaign = new Campaign({ ...ground, workloads: chosen }, seed);
    const number = only === undefined ? undefined : Number(only);
    const parts = [
      ...(part === 'fault' ? [] : [campaign.kills(kills, number)]),
      ...(part === 'kill' ? [] : [campaign.faults(faults, number)]),
    ];
    for (const outcomesOf of parts) {
      for await (const outcome of outcomesOf) {
        outcomes.push(outcome);
        note(lineOf(outcome));
      }
    }
  });
  process.stdout.write(summary(outcomes, seed, Date.now() - started));
  if (outcomes.some(({ defects }) => defects.length > 0)) process.exitCode = 1;
}

function lineOf({ scenario, workload, server, struck, ends, runs, defects }: Outcome): string {
  const verdict = defects.length === 0 ? 'ok' : `DEFECT: ${defects.join('; ')}`;
  return `${scenario}: ${workload}, ${server}, ${struck.join(', ') || 'nothing struck'} (${ends.join(', ')}), ${runs} runs: ${verdict}`;
}

/** The figures, as a table for the documentation. */
function summary(outcomes: readonly Outcome[], seed: number, elapsedMs: number): string {
  const blows = outcomes.flatMap(({ struck, scenario, server }) =>
    struck.map((name) => ({ kind: groupOf(name, scenario), server })),
  );
  const kinds = [...new Set(blows.map(({ kind }) => kind))].sort();
  const rows = kinds.map((kind) => `| ${kind} | ${blows.filter((blow) => blow.kind === kind).length} |`);
  const defects = outcomes.filter((outcome) => outcome.defects.length > 0);
  const runs = outcomes.reduce((sum, outcome) => sum + outcome.runs, 0);
  return [
    `seed ${seed}: ${blows.length} blows in ${outcomes.length} scenarios, ${runs} runs of the command, ${Math.round(elapsedMs / 1000)} s`,
    `scenarios with a defect: ${defects.length}`,
    '',
    '| blow | times |',
    '| --- | ---: |',
    ...rows,
    '',
    ...defects.map(lineOf),
    '',
  ].join('\n');
}

/** Kills by their target and step, without their number; faults by their name. */
function groupOf(name: string, scenario: string): string {
  if (!scenario.startsWith('kill')) return name;
  return name
    .replace(/after \d+ ms$/, 'at a random moment')
    .replace(/\d+ ms behind message \d+ of its progress/, 'behind a message of its progress')
    .replace(/message \d+$/, 'any message')
    .replace(/ \d+$/, '');
}

// A server that is waited for does not keep a process alive; its end would come too late for the summary.
const awake = setInterval(() => undefined, 60_000);
await main().finally(async () => {
  await stopTestServers();
  clearInterval(awake);
});
