import type { CoverageClaim, NanosRange } from '../../../core/coverage/coverage-claim.js';
import { dayRange, formatMultirange, intersect, isEmpty, overlaps } from './nanos-ranges.js';

/** What a stretch of days of some key was seen with, in the rows themselves. */
export interface SeenDay extends Record<string, unknown> {
  /** Instrument id, or symbol of an alias, as text. */
  readonly key: string;
  /** Days since 1970-01-01, as text. */
  readonly day: string;
}

/** A row of the coverage table that a chunk adds to. */
export interface CoverageRow {
  readonly stypeIn: string;
  readonly symbol: string;
  readonly intervals: string;
}

/**
 * What a chunk claims, by the key that decides overlap: the instrument, or for an alias the continuous symbol. The
 * intervals are those of the claim, clipped to its range.
 */
export class ClaimKeys {
  readonly alias: boolean;
  readonly #claim: CoverageClaim | null;
  readonly #ranges = new Map<string, NanosRange[]>();
  /** Days as mapped, not clipped: a record of such a day is not a stranger, wherever the range ends. */
  readonly #days = new Map<string, readonly NanosRange[]>();

  /** @param alias of the chunk, also when it claims nothing in the end. */
  constructor(claim: CoverageClaim | null, alias: boolean) {
    this.#claim = claim;
    this.alias = alias;
    if (claim === null) return;
    if (claim.alias) {
      for (const { symbol } of claim.asks) this.#ranges.set(symbol, [claim.range]);
    } else if (claim.instruments !== 'all') {
      for (const { instrumentId, ranges } of claim.instruments) {
        const key = String(instrumentId);
        this.#days.set(key, ranges);
        this.#ranges.set(
          key,
          ranges.map((range) => intersect(range, claim.range)).filter((range) => !isEmpty(range)),
        );
      }
    }
  }

  get keys(): string[] {
    return [...this.#ranges.keys()];
  }

  /** What is claimed of one key, clipped to the range. */
  rangesOf(key: string): readonly NanosRange[] {
    return this.#ranges.get(key) ?? [];
  }

  /** One int8multirange literal per key. */
  get intervals(): string[] {
    return [...this.#ranges.values()].map(formatMultirange);
  }

  /** What is claimed of every instrument there is. */
  get everything(): string {
    return formatMultirange(this.claimsEverything ? [this.#claim?.range as NanosRange] : []);
  }

  get claimsEverything(): boolean {
    return this.#claim !== null && !this.#claim.alias && this.#claim.instruments === 'all';
  }

  /** Those of the days on which nothing is claimed of the key, mapped or seen. */
  strangers(days: readonly SeenDay[]): SeenDay[] {
    return days.filter(({ key, day }) => {
      const whole = dayRange(BigInt(day));
      const known = this.#days.get(key) ?? this.#ranges.get(key) ?? [];
      return !known.some((range) => overlaps(range, whole));
    });
  }

  /**
   * Takes in what the rows show and the symbology does not say: an instrument that no mapping names was asked for all
   * the same, and is complete on the days on which it came.
   */
  addSeen(days: readonly SeenDay[]): void {
    if (this.#claim === null || this.claimsEverything) return;
    for (const { key, day } of this.strangers(days)) {
      const whole = dayRange(BigInt(day));
      const part = intersect(whole, this.#claim.range);
      if (!isEmpty(part)) this.#ranges.set(key, [...(this.#ranges.get(key) ?? []), part]);
    }
  }

  /** What the chunk adds to the coverage table: what was asked for, and each instrument that came of it. */
  coverageRows(): CoverageRow[] {
    if (this.#claim === null) return [];
    const rows = new Map<string, CoverageRow>();
    const add = (stypeIn: string, symbol: string, intervals: string): void => {
      if (intervals !== '{}') rows.set(`${stypeIn} ${symbol}`, { stypeIn, symbol, intervals });
    };
    const keyType = this.alias ? 'continuous' : 'instrument_id';
    for (const [key, ranges] of this.#ranges) add(keyType, key, formatMultirange(ranges));
    // Last: an instrument asked for by its id is complete over the whole range, not only on its mapped days.
    for (const { stypeIn, symbol } of this.#claim.asks) add(stypeIn, symbol, formatMultirange([this.#claim.range]));
    return [...rows.values()];
  }
}
