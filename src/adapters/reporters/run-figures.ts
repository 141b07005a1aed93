import { Pace } from './pace.js';
import type { RunTally } from './run-tally.js';

/** What a line of totals says, at one moment. */
export interface RunFigures {
  readonly elapsedMs: number;
  readonly recordsPerSecond: number;
  readonly bytesPerSecond: number;
  readonly fetchedBytesPerSecond: number;
  /** From this run's own pace; `null` when there is nothing to go by yet. */
  readonly etaMs: number | null;
  readonly memoryBytes: number;
}

/** Before that, an estimate of the time left says more about the start than about the run. */
const ETA_AFTER_MS = 2000;

/** Derives rates and the time left from the tally, whenever somebody looks. */
export class RunClock {
  readonly #tally: RunTally;
  readonly #now: () => number;
  readonly #memory: () => number;
  readonly #records = new Pace(5_000);
  readonly #bytes = new Pace(5_000);
  readonly #fetched = new Pace(5_000);
  readonly #share = new Pace(30_000);
  #startedAt: number;

  constructor(tally: RunTally, now: () => number, memory: () => number) {
    this.#tally = tally;
    this.#now = now;
    this.#memory = memory;
    this.#startedAt = now();
  }

  /** Time counts from here; called when the run starts. */
  start(): void {
    this.#startedAt = this.#now();
    this.look();
  }

  look(): RunFigures {
    const tally = this.#tally;
    const at = this.#now();
    const stored = tally.storedShare;
    this.#records.sample(at, tally.decoded);
    this.#bytes.sample(at, tally.bytesRead);
    this.#fetched.sample(at, tally.bytesFetched);
    if (stored !== null) this.#share.sample(at, stored);
    const elapsedMs = at - this.#startedAt;
    return {
      elapsedMs,
      recordsPerSecond: this.#records.perSecond(at, tally.decoded) ?? 0,
      bytesPerSecond: this.#bytes.perSecond(at, tally.bytesRead) ?? 0,
      fetchedBytesPerSecond: this.#fetched.perSecond(at, tally.bytesFetched) ?? 0,
      etaMs: elapsedMs < ETA_AFTER_MS || stored === null ? null : this.#left(at, stored),
      memoryBytes: this.#memory(),
    };
  }

  #left(at: number, share: number): number | null {
    const pace = this.#share.perSecond(at, share);
    return pace === null || pace <= 0 ? null : ((1 - share) / pace) * 1000;
  }
}
