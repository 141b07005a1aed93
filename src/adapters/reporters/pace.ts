interface Sample {
  readonly at: number;
  readonly value: number;
}

/**
 * How fast a figure grows, from its last samples: recent enough to follow the run, long enough to hold still.
 * Figures that fall (a chunk was rolled back) start it anew.
 */
export class Pace {
  readonly #samples: Sample[] = [];
  readonly #windowMs: number;
  readonly #stepMs: number;

  constructor(windowMs: number, samples = 20) {
    this.#windowMs = windowMs;
    this.#stepMs = windowMs / samples;
  }

  /** Takes the figure at a time in milliseconds; samples that come too close are left out. */
  sample(at: number, value: number): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && value < last.value) this.#samples.length = 0;
    else if (last !== undefined && at - last.at < this.#stepMs) return;
    this.#samples.push({ at, value });
    // the second one may be older than the window: then the first is not needed to span it
    while (this.#samples.length > 2 && (this.#samples[1]?.at ?? at) <= at - this.#windowMs) this.#samples.shift();
  }

  /** Growth per second over the window up to now; `null` before there is anything to go by. */
  perSecond(at: number, value: number): number | null {
    const first = this.#samples[0];
    if (first === undefined || at - first.at < this.#stepMs) return null;
    return Math.max(0, (value - first.value) / ((at - first.at) / 1000));
  }
}
