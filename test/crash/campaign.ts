import { Random } from '../../src/core/sample/random.js';
import { complaintsOf, isDone, type RunEnd } from './command-run.js';
import type { EmbeddedModels } from './embedded-stage.js';
import type { ExternalServer } from './external-stage.js';
import { FAULTS } from './faults.js';
import type { SmallDisk } from './full-disk.js';
import { chooseKill } from './kills.js';
import { differences, findLeftovers, takeSnapshot, type Snapshot } from './snapshot.js';
import { pick, type Disturbance, type Stage, type StepCounts } from './stage.js';
import type { Step } from './wire-messages.js';
import { kindsOf, type Workload } from './workloads.js';

/** What a campaign works with. */
export interface Ground {
  readonly external: ExternalServer;
  /** `null`: kills happen to the external server alone. */
  readonly embedded: EmbeddedModels | null;
  readonly disk: SmallDisk | undefined;
  readonly workloads: readonly Workload[];
  readonly note: (text: string) => void;
}

/** One database, one command, and all that was done to it. */
export interface Outcome {
  readonly scenario: string;
  readonly workload: string;
  readonly server: 'external' | 'embedded';
  /** What struck, by name. */
  readonly struck: readonly string[];
  /** How the disturbed runs ended. */
  readonly ends: readonly string[];
  /** Runs it took until all was done, the disturbed ones included. */
  readonly runs: number;
  /** What is wrong; empty when the database is that of an undisturbed run. */
  readonly defects: readonly string[];
}

/** A command that nothing happens to. */
interface Undisturbed {
  readonly snapshot: Snapshot;
  readonly steps: StepCounts;
}

/** In one embedded scenario of so many; it costs a server of its own. */
const EMBEDDED_EVERY = 6;
const MOST_KILLS = 3;
const MOST_RUNS = 6;
/** A bug of ours; everything else that a disturbed run may end with is in the contract. */
const OUR_BUG = 1;

/** Disturbs runs, lets the same command finish, and compares the database with that of an undisturbed run. */
export class Campaign {
  readonly #expected = new Map<string, Promise<Undisturbed>>();

  constructor(
    private readonly ground: Ground,
    private readonly seed: number,
    /** How many kills a scenario has; default one to three. */
    private readonly killsAtATime?: number,
  ) {}

  /** Kills until so many have struck. */
  async *kills(count: number, only?: number): AsyncGenerator<Outcome, void, undefined> {
    let struck = 0;
    for (let index = only ?? 1; struck < count; index += 1) {
      const random = new Random(this.seed * 100_003 + index);
      const workload = this.#workload(random, index);
      const embedded = this.ground.embedded !== null && random.below(EMBEDDED_EVERY) === 0;
      const { steps } = await this.#undisturbed(workload);
      const kills = Array.from({ length: this.killsAtATime ?? 1 + random.below(MOST_KILLS) }, () =>
        chooseKill(random, steps, embedded),
      );
      const disturbances = kills.slice(0, count - struck);
      const outcome = await this.#scenario({ name: `kill ${index}`, workload, disturbances, embedded, random });
      struck += outcome.struck.length;
      yield outcome;
      if (only !== undefined) return;
    }
  }

  /** Faults, each kind in its turn. */
  async *faults(count: number, only?: number): AsyncGenerator<Outcome, void, undefined> {
    const { disk } = this.ground;
    const kinds = disk === undefined ? FAULTS : [...FAULTS, disk.fault];
    for (let index = only ?? 1; index <= (only ?? count); index += 1) {
      const random = new Random(-this.seed * 100_003 - index);
      const workload = this.#workload(random, index);
      const kind = kinds[(index - 1) % kinds.length] as Disturbance;
      yield await this.#scenario({ name: `fault ${index}`, workload, disturbances: [kind], embedded: false, random });
    }
  }

  /** The kinds take turns. */
  #workload(random: Random, index: number): Workload {
    const kinds = kindsOf(this.ground.workloads);
    const kind = kinds[index % kinds.length];
    const [first, ...others] = this.ground.workloads.filter((workload) => workload.kind === kind);
    return pick(random, [first as Workload, ...others]);
  }

  async #scenario(plan: {
    readonly name: string;
    readonly workload: Workload;
    readonly disturbances: readonly Disturbance[];
    readonly embedded: boolean;
    readonly random: Random;
  }): Promise<Outcome> {
    const { name, workload, disturbances, embedded, random } = plan;
    const onDisk = disturbances[0] === this.ground.disk?.fault;
    const { snapshot: expected, steps } = await this.#undisturbed(workload);
    const stage = await this.#stage(workload, { embedded, onDisk });
    const struck: string[] = [];
    const ends: string[] = [];
    const defects: string[] = [];
    let runs = 0;
    try {
      for (const disturbance of disturbances) {
        const disturbed = await disturbance.act(stage, argsOf(workload), random, steps);
        runs += 1;
        if (disturbed.struck) struck.push(disturbance.name);
        const end = await disturbed.run.ended;
        ends.push(endingOf(end));
        if (!disturbed.killed) defects.push(...wrongWith(end, disturbance.name));
      }
      for (let done = false; !done && runs < MOST_RUNS + disturbances.length; runs += 1) {
        await stage.url();
        const end = await stage.run(argsOf(workload)).ended;
        done = isDone(end);
        // Out of reach and held by another are for another time; anything else is not.
        if (!done && ![5, 11].includes(end.code ?? -1)) {
          defects.push(`running it again ended with ${end.code ?? end.signal ?? ''}: ${lastWords(end)}`);
          break;
        }
      }
      const url = await stage.url();
      defects.push(...differences(expected, await takeSnapshot(url, { ledger: !workload.repeats })));
      defects.push(...(await findLeftovers(url)));
      defects.push(...(await complaintsOf(stage.run(['verify']))));
    } finally {
      await stage.close();
    }
    const server = embedded ? 'embedded' : 'external';
    return { scenario: name, workload: workload.name, server, struck, ends, runs, defects };
  }

  async #stage(workload: Workload, { embedded, onDisk }: { embedded: boolean; onDisk: boolean }): Promise<Stage> {
    const { external, embedded: models, disk } = this.ground;
    const options = { empty: workload.empty };
    const stage =
      embedded && models !== null
        ? await models.stage(options)
        : onDisk && disk !== undefined
          ? await disk.stage(external, options)
          : await external.stage(options);
    if (workload.before.length > 0) await this.#peacefully(stage, ['ingest', ...workload.before]);
    return stage;
  }

  /** What the database holds when nothing happens; each command is run in peace once. */
  async #undisturbed(workload: Workload): Promise<Undisturbed> {
    const known = this.#expected.get(workload.name) ?? this.#measure(workload);
    this.#expected.set(workload.name, known);
    return known;
  }

  async #measure(workload: Workload): Promise<Undisturbed> {
    const stage = await this.#stage(workload, { embedded: false, onDisk: false });
    try {
      const steps = new Map<Step, number>();
      if (stage.proxy !== null) {
        stage.proxy.gate = ({ step }) => {
          steps.set(step, (steps.get(step) ?? 0) + 1);
          return 'pass';
        };
      }
      await this.#peacefully(stage, argsOf(workload));
      const leftovers = await findLeftovers(await stage.url());
      leftovers.push(...(await complaintsOf(stage.run(['verify']))));
      if (leftovers.length > 0) throw new Error(`an undisturbed run leaves ${leftovers.join(', ')}`);
      return { snapshot: await takeSnapshot(await stage.url(), { ledger: !workload.repeats }), steps };
    } finally {
      await stage.close();
    }
  }

  async #peacefully(stage: Stage, args: readonly string[]): Promise<void> {
    const end = await stage.run(args).ended;
    if (!isDone(end)) throw new Error(`an undisturbed run fails with ${end.code ?? ''}: ${lastWords(end)}`);
  }
}

const argsOf = ({ args }: Workload): readonly string[] => ['ingest', ...args];

/** What no run may do, whatever is done to it. */
function wrongWith(end: RunEnd, disturbance: string): string[] {
  if (end.hung) return [`the run hung after "${disturbance}"`];
  if (end.code === OUR_BUG) return [`the run ended with exit code 1 after "${disturbance}": ${lastWords(end)}`];
  if (end.code === null) return [`the run was ended by ${end.signal ?? 'a signal'} after "${disturbance}"`];
  // At the second signal it ends at once, without a word.
  if (end.code > 128) return [];
  try {
    JSON.parse(end.stdout);
    return [];
  } catch {
    return [`stdout is not one JSON document after "${disturbance}": ${end.stdout.slice(0, 200)}`];
  }
}

/** `exit 0 after 1 retry`, `exit 5 (DATABASE_LOST)`, `SIGKILL`. */
function endingOf({ code, signal, stdout, stderr }: RunEnd): string {
  if (code === null) return signal ?? 'a signal';
  const retries = stderr.split('trying again').length - 1;
  const error = /"error":\s*\{\s*"code":\s*"([A-Z_]+)"/.exec(stdout)?.[1];
  return `exit ${code}${error === undefined ? '' : ` (${error})`}${retries === 0 ? '' : ` after ${retries} retries`}`;
}

function lastWords({ stdout, stderr }: RunEnd): string {
  const error = /"error":\s*\{[^}]*\}/.exec(stdout)?.[0];
  return error ?? stderr.trim().split('\n').slice(-3).join(' | ').slice(0, 800);
}
