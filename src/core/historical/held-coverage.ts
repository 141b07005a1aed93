import type { CoveredAsk, NanosRange } from '../coverage/coverage-claim.js';
import { intersection, overlapOf, overlaps, subtract, union } from '../coverage/range-set.js';
import { ALL_SYMBOLS, type RangeRequest, type StypeIn } from './range-request.js';
import type { Meaning, SymbolMeanings } from './symbol-meanings.js';

/** What is complete of one schema of one dataset, and what is missing of a symbol. */
export class HeldCoverage {
  readonly #byAsk = new Map<string, CoveredAsk>();
  /** Under ALL_SYMBOLS, whatever its symbology. */
  readonly everything: readonly NanosRange[];
  /** Continuous symbols that there is something of. */
  readonly aliases: readonly CoveredAsk[];

  constructor(rows: readonly CoveredAsk[]) {
    for (const row of rows) {
      const key = `${row.stypeIn} ${row.symbol}`;
      const known = this.#byAsk.get(key)?.ranges;
      this.#byAsk.set(key, known === undefined ? row : { ...row, ranges: union([...known, ...row.ranges]) });
    }
    const aliases = rows.filter(({ stypeIn }) => stypeIn === 'continuous');
    const all = rows.filter(({ stypeIn, symbol }) => symbol === ALL_SYMBOLS && stypeIn !== 'continuous');
    this.everything = union(all.flatMap(({ ranges }) => ranges));
    this.aliases = aliases;
  }

  of(stypeIn: string, symbol: string): readonly NanosRange[] {
    return this.#byAsk.get(`${stypeIn} ${symbol}`)?.ranges ?? [];
  }

  /** This and more. */
  plus(rows: readonly CoveredAsk[]): HeldCoverage {
    return new HeldCoverage([...this.#byAsk.values(), ...rows]);
  }

  /** Instruments that there is something of within a range, under whatever name they were asked for. */
  instrumentsWithin(range: NanosRange): string[] {
    return [...this.#byAsk.values()]
      .filter(({ stypeIn, ranges }) => stypeIn === 'instrument_id' && ranges.some((held) => overlaps(held, range)))
      .map(({ symbol }) => symbol);
  }

  /**
   * What of `within` nobody has asked for: not as this symbol, not under ALL_SYMBOLS, not, for every instrument that it
   * means then, by the instrument. An alias has rows of its own, and only asking for it counts.
   */
  missing(stypeIn: StypeIn, symbol: string, meanings: SymbolMeanings, within: readonly NanosRange[]): NanosRange[] {
    const unasked = subtract(within, this.of(stypeIn, symbol));
    if (stypeIn === 'continuous') return unasked;
    const left = subtract(unasked, this.everything);
    const meant = meanings.of(symbol);
    if (left.length === 0 || meant === 'everything') return left;
    const span = { start: (left[0] as NanosRange).start, end: (left.at(-1) as NanosRange).end };
    return intersection(left, this.#withoutInstruments(meant, span));
  }

  /** What of the meanings is there by instrument, under whatever name it was asked for. */
  heldMeanings(meant: readonly Meaning[], within: NanosRange): Meaning[] {
    return meant.flatMap(({ instrumentId, range }) => {
      const held = [...this.of('instrument_id', instrumentId), ...this.everything];
      if (held.length === 0 || !overlaps(range, within)) return [];
      return intersection([overlapOf(range, within)], held).map((part) => ({ instrumentId, range: part }));
    });
  }

  /** What of the meanings is not there by instrument. */
  missingMeanings(meant: readonly Meaning[], within: NanosRange): Meaning[] {
    return meant
      .filter(({ range }) => overlaps(range, within))
      .flatMap(({ instrumentId, range }) =>
        subtract([overlapOf(range, within)], this.of('instrument_id', instrumentId)).map((part) => {
          return { instrumentId, range: part };
        }),
      );
  }

  /** Times at which some instrument is not held, or none is meant. */
  #withoutInstruments(meant: readonly Meaning[], span: NanosRange): NanosRange[] {
    const meaningless = subtract(
      [span],
      meant.map(({ range }) => range),
    );
    return union([...meaningless, ...this.missingMeanings(meant, span).map(({ range }) => range)]);
  }
}

/** The coverage that loading a request without a limit brings: of what is asked for, and of the instruments behind it. */
export function coverageOf(request: RangeRequest, meanings: SymbolMeanings): CoveredAsk[] {
  const { stypeIn, symbols, start, end } = request;
  const range = { start, end };
  const asks = symbols.map((symbol) => ({ stypeIn, symbol, ranges: [range] }));
  if (stypeIn === 'continuous') return asks;
  const byId = new Map<string, NanosRange[]>();
  for (const symbol of symbols) {
    const meant = meanings.of(symbol);
    if (meant === 'everything') continue;
    for (const meaning of meant) {
      if (!overlaps(meaning.range, range)) continue;
      const known = byId.get(meaning.instrumentId) ?? [];
      known.push(overlapOf(meaning.range, range));
      byId.set(meaning.instrumentId, known);
    }
  }
  const instruments = [...byId].map(([symbol, ranges]) => ({
    stypeIn: 'instrument_id',
    symbol,
    ranges: union(ranges),
  }));
  return [...instruments.filter(({ symbol }) => stypeIn !== 'instrument_id' || !symbols.includes(symbol)), ...asks];
}
