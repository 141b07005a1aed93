import type { NanosRange } from '../coverage/coverage-claim.js';
import { overlapOf, overlaps, subtract } from '../coverage/range-set.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import type { RangeRequest } from './range-request.js';
import { datesOf, type Meaning, SymbolMeanings } from './symbol-meanings.js';

/** The instruments of a parent by the raw symbols that they can be asked for one by one. */
export interface Children {
  readonly symbols: readonly string[];
  /** Of the raw symbols. */
  readonly meanings: SymbolMeanings;
}

/** Finds the raw symbols of the instruments that parents mean. Each parent is asked for once, free of charge. */
export class ChildSymbols {
  readonly #known = new Map<string, Promise<Children>>();

  constructor(
    private readonly api: HistoricalApi,
    private readonly request: RangeRequest,
    private readonly call: ApiCall,
  ) {}

  /**
   * Those that mean something within a range, sorted; `null` where asking for them would bring something else than
   * asking for the parent.
   * @param meant what the parent means
   */
  async within(parent: string, meant: readonly Meaning[], range: NanosRange): Promise<Children | null> {
    let known = this.#known.get(parent);
    if (known === undefined) this.#known.set(parent, (known = this.#resolve(meant)));
    const { symbols, meanings } = await known;
    const there = symbols.filter((symbol) => meanings.hull([symbol], range) !== null);
    const named = there.flatMap((symbol) => meanings.of(symbol) as readonly Meaning[]);
    return holds(meant, named, range) && holds(named, meant, range) ? { symbols: there, meanings } : null;
  }

  async #resolve(meant: readonly Meaning[]): Promise<Children> {
    const { dataset } = this.request;
    const dates = datesOf(this.request);
    const ids = [...new Set(meant.map(({ instrumentId }) => instrumentId))];
    const names = await this.api.resolve(
      { dataset, stypeIn: 'instrument_id', stypeOut: 'raw_symbol', symbols: ids, ...dates },
      this.call,
    );
    const found = [...names.intervals.values()].flat().map(({ symbol }) => symbol);
    const symbols = [...new Set(found)].filter((symbol) => symbol !== '').sort();
    if (symbols.length === 0) return { symbols, meanings: new SymbolMeanings(new Map()) };
    // a raw symbol may be another instrument's on another day
    const { intervals } = await this.api.resolve(
      { dataset, stypeIn: 'raw_symbol', stypeOut: 'instrument_id', symbols, ...dates },
      this.call,
    );
    return { symbols, meanings: new SymbolMeanings(intervals) };
  }
}

/** Says whether all that some meanings mean within a range is meant by others too. */
function holds(few: readonly Meaning[], many: readonly Meaning[], within: NanosRange): boolean {
  const byId = new Map<string, NanosRange[]>();
  for (const { instrumentId, range } of many) byId.set(instrumentId, [...(byId.get(instrumentId) ?? []), range]);
  return few.every(
    ({ instrumentId, range }) =>
      !overlaps(range, within) || subtract([overlapOf(range, within)], byId.get(instrumentId) ?? []).length === 0,
  );
}
