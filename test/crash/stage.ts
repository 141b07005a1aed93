import type { Random } from '../../src/core/sample/random.js';
import type { CommandRun } from './command-run.js';
import type { Step } from './wire-messages.js';
import type { WireProxy } from './wire-proxy.js';

/** Where a command runs: a database of its own, and a server to do things to. */
export interface Stage {
  /** Starts the command, with more arguments if given. */
  run(args: readonly string[]): CommandRun;
  /** A URL for the harness itself; the server answers there. */
  url(): Promise<string>;
  /** What it is that runs: the server's first process, and the one that works for the command, if there is one. */
  serverPid(): Promise<number | null>;
  backendPid(): Promise<number | null>;
  /** Kills the whole server; the stage sees to it that there is one again. */
  killServer(): Promise<void>;
  /** Only where the command talks through it. */
  readonly proxy: WireProxy | null;
  close(): Promise<void>;
}

/** What is done to a run, and when: made from numbers, so that the same numbers do the same again. */
export interface Disturbance {
  readonly name: string;
  /** Starts the command, disturbs it, and resolves when it has ended and everything is as before. */
  act(stage: Stage, args: readonly string[], random: Random, steps: StepCounts): Promise<DisturbedRun>;
}

/** How often each step comes in an undisturbed run of the command. */
export type StepCounts = ReadonlyMap<Step, number>;

/** One of the occurrences of a step, from 1; of messages of any kind without a step. */
export function someOf(random: Random, steps: StepCounts, step?: Step): number {
  const all = step === undefined ? [...steps.values()].reduce((sum, count) => sum + count, 0) : (steps.get(step) ?? 0);
  return 1 + random.below(Math.max(1, all));
}

/** One of these steps, of those that an undisturbed run of the command has. */
export function pickStep(random: Random, steps: StepCounts, kinds: readonly [Step, ...Step[]]): Step {
  const [first = kinds[0], ...others] = kinds.filter((step) => steps.has(step));
  return pick(random, [first, ...others]);
}

export interface DisturbedRun {
  readonly run: CommandRun;
  /** False when the moment never came: the run was over before. */
  readonly struck: boolean;
  /** True when the harness ended the run itself. */
  readonly killed: boolean;
}

export const pick = <T>(random: Random, choices: readonly [T, ...T[]]): T => choices[random.below(choices.length)] as T;
