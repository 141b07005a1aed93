import type { Random } from '../../src/core/sample/random.js';
import type { CommandRun } from './command-run.js';
import { delay } from './snapshot.js';
import { pick, pickStep, someOf, type DisturbedRun, type Disturbance, type Stage, type StepCounts } from './stage.js';
import type { HeldMessage, Verdict, WireProxy } from './wire-proxy.js';
import type { Step } from './wire-messages.js';

/** Who is killed with SIGKILL. */
export type Target = 'loader' | 'backend' | 'server';
const TARGETS: readonly [Target, ...Target[]] = ['loader', 'backend', 'server'];

/** When, seen from the message that is met: it has not arrived, it is on its way, its answer is on its way back. */
type Side = 'before' | 'in' | 'after';
const SIDES: readonly [Side, ...Side[]] = ['before', 'in', 'after'];

/** Steps that are met by name; every other message is met by its number. */
const NAMED: readonly [Step, ...Step[]] = [
  'commit',
  'commit',
  'begin',
  'copy',
  'copy-data',
  'copy-done',
  'bars',
  'bars',
];

/** A run takes about a second; a moment beyond its end strikes nobody. */
const LONGEST_WAIT_MS = 1200;

/** A kill at a step of the protocol, or at a moment of the clock. */
export function chooseKill(random: Random, steps: StepCounts, embedded: boolean): Disturbance {
  const target = pick(random, TARGETS);
  if (embedded) return random.below(2) === 0 ? killAtTime(target, random) : killAtMessage(target, random);
  const kind = random.below(10);
  if (kind < 1) return killAtTime(target, random);
  const side = pick(random, SIDES);
  if (kind < 6) {
    const step = pickStep(random, steps, NAMED);
    const nth = someOf(random, steps, step);
    return killAtStep(
      target,
      `${side} ${step} ${nth}`,
      side,
      counting(nth, (held) => held.step === step),
    );
  }
  const nth = someOf(random, steps);
  return killAtStep(
    target,
    `${side} message ${nth}`,
    side,
    counting(nth, () => true),
  );
}

/** Makes a condition that holds once: for the n-th message that is one of those meant. */
export function counting(nth: number, isMeant: (held: HeldMessage) => boolean): () => (held: HeldMessage) => boolean {
  return () => {
    let left = nth;
    return (held) => isMeant(held) && (left -= 1) === 0;
  };
}

function killAtStep(
  target: Target,
  when: string,
  side: Side,
  condition: () => (held: HeldMessage) => boolean,
): Disturbance {
  return {
    name: `kill ${target} ${when}`,
    act: (stage, args) =>
      withGate(stage, args, condition(), async (held, run) => {
        if (side === 'after') await held.sendAndWait();
        // What is on its way arrives or does not: the kill and the message race.
        if (side === 'in') void held.sendAndWait();
        await kill(target, stage, run, held.backend);
        return 'cut';
      }).then((done) => ({ ...done, killed: done.struck && target === 'loader' })),
  };
}

function killAtTime(target: Target, random: Random): Disturbance {
  const wait = random.below(LONGEST_WAIT_MS);
  return {
    name: `kill ${target} after ${wait} ms`,
    act: (stage, args) => killWhen(stage, args, target, (run) => Promise.race([run.ended, delay(wait)])),
  };
}

function killAtMessage(target: Target, random: Random): Disturbance {
  const nth = 1 + random.below(8);
  const wait = random.below(30);
  return {
    name: `kill ${target} ${wait} ms behind message ${nth} of its progress`,
    act: (stage, args) =>
      killWhen(stage, args, target, async (run) => {
        await run.messages(nth);
        await delay(wait);
      }),
  };
}

async function killWhen(
  stage: Stage,
  args: readonly string[],
  target: Target,
  moment: (run: CommandRun) => Promise<unknown>,
): Promise<DisturbedRun> {
  const run = stage.run(args);
  await moment(run);
  const struck = !run.isOver && (await kill(target, stage, run, undefined));
  await run.ended;
  return { run, struck, killed: struck && target === 'loader' };
}

/** False when there was nobody to kill. */
async function kill(target: Target, stage: Stage, run: CommandRun, backend: number | undefined): Promise<boolean> {
  if (target === 'loader') {
    run.kill('SIGKILL');
    await run.ended;
    return true;
  }
  if (target === 'server') {
    if ((await stage.serverPid()) === null) return false;
    await stage.killServer();
    return true;
  }
  const pid = backend ?? (await stage.backendPid());
  if (pid === null) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** Runs the command with a gate that strikes once, at the message for which the condition holds. */
export async function withGate(
  stage: Stage,
  args: readonly string[],
  condition: (held: HeldMessage) => boolean,
  strike: (held: HeldMessage, run: CommandRun, proxy: WireProxy) => Promise<Verdict>,
): Promise<DisturbedRun> {
  const { proxy } = stage;
  if (proxy === null) throw new Error('there is no proxy to hold messages at');
  let struck = false;
  const run = stage.run(args);
  proxy.gate = (held) => {
    if (struck || !condition(held)) return 'pass';
    struck = true;
    return strike(held, run, proxy);
  };
  await run.ended;
  proxy.gate = () => 'pass';
  return { run, struck, killed: false };
}
