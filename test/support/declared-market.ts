import type {
  DatasetRange,
  HistoricalApi,
  RangeAnswer,
  Resolution,
  ResolvedInterval,
  ResolveRequest,
} from '../../src/core/historical/historical-api.js';
import type { DayCondition } from '../../src/core/historical/day-condition.js';
import { ALL_SYMBOLS, type RangeRequest } from '../../src/core/historical/range-request.js';
import { parseUsd, type Usd } from '../../src/core/historical/usd.js';
import { TickloomError } from '../../src/core/errors/index.js';
import { NS_PER_DAY } from '../../src/core/symbology/utc-day.js';

const RECORD_BYTES = 48;

/** Midnight of a date YYYY-MM-DD, in ns. */
export const at = (date: string): bigint => BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n;

export interface DeclaredMarket {
  readonly start: string;
  readonly end: string;
  /** stype_in, then symbol, to what it means: YYYY-MM-DD, YYYY-MM-DD (exclusive), instrument id. */
  readonly symbols: Readonly<Record<string, Readonly<Record<string, readonly (readonly [string, string, number])[]>>>>;
  /** Records of an instrument on a day; default 1,000. */
  readonly recordsPerDay?: number;
  readonly conditions?: readonly DayCondition[];
  /** Schemas that end, or begin, elsewhere. */
  readonly schemaRanges?: Readonly<Record<string, { readonly start: bigint; readonly end: bigint }>>;
}

/** The planning side of the Historical API over a market that a test declares. Nothing can be bought from it. */
export class DeclaredMarketApi implements HistoricalApi {
  readonly calls: string[] = [];

  constructor(readonly market: DeclaredMarket) {}

  async listDatasets(): Promise<readonly string[]> {
    return ['GLBX.MDP3', 'XNAS.ITCH'];
  }

  async listSchemas(): Promise<readonly string[]> {
    return ['trades', 'tbbo', 'ohlcv-1d', 'definition'];
  }

  async datasetRange(): Promise<DatasetRange> {
    const { start, end, schemaRanges = {} } = this.market;
    return { start: at(start), end: at(end), schemas: new Map(Object.entries(schemaRanges)) };
  }

  async datasetCondition(_dataset: string, startDate: string, endDate: string): Promise<readonly DayCondition[]> {
    return (this.market.conditions ?? []).filter(({ date }) => date >= startDate && date < endDate);
  }

  async streamingPrice(): Promise<Usd | null> {
    return parseUsd('1');
  }

  async recordCount(request: RangeRequest): Promise<number> {
    this.calls.push('count');
    return this.#records(request);
  }

  async billableSize(request: RangeRequest): Promise<number> {
    this.calls.push('size');
    return this.#records(request) * RECORD_BYTES;
  }

  /** A millionth of a dollar a record. */
  async cost(request: RangeRequest): Promise<Usd> {
    this.calls.push('cost');
    return BigInt(this.#records(request)) * parseUsd('0.000001');
  }

  async resolve({ stypeIn, stypeOut, symbols, startDate, endDate }: ResolveRequest): Promise<Resolution> {
    this.calls.push(`resolve ${stypeIn} ${symbols.join(',')}`);
    const intervals = new Map<string, readonly ResolvedInterval[]>();
    for (const symbol of symbols) {
      const all = stypeOut === 'raw_symbol' ? this.#namesOf(symbol) : (this.market.symbols[stypeIn]?.[symbol] ?? []);
      const clipped = all.map(([from, to, id]) => ({
        startDate: from > startDate ? from : startDate,
        endDate: to < endDate ? to : endDate,
        symbol: String(id),
      }));
      intervals.set(
        symbol,
        clipped.filter((interval) => interval.startDate < interval.endDate),
      );
    }
    const days = Number((at(endDate) - at(startDate)) / NS_PER_DAY);
    const resolved = (symbol: string): number => this.#daysOf(intervals.get(symbol) ?? []);
    return {
      intervals,
      partial: symbols.filter((symbol) => resolved(symbol) > 0 && resolved(symbol) < days),
      notFound: symbols.filter((symbol) => resolved(symbol) === 0),
    };
  }

  async range(): Promise<RangeAnswer> {
    throw new Error('planning must not buy');
  }

  /** The raw symbols of an instrument id. */
  #namesOf(instrumentId: string): (readonly [string, string, string])[] {
    return Object.entries(this.market.symbols['raw_symbol'] ?? {}).flatMap(([name, intervals]) =>
      intervals.flatMap(([from, to, id]) => (String(id) === instrumentId ? [[from, to, name] as const] : [])),
    );
  }

  #daysOf(intervals: readonly ResolvedInterval[]): number {
    const days = new Set<bigint>();
    for (const { startDate, endDate } of intervals) {
      for (let day = at(startDate); day < at(endDate); day += NS_PER_DAY) days.add(day);
    }
    return days.size;
  }

  #records({ stypeIn, symbols, start, end, limit }: RangeRequest): number {
    const declared = this.market.symbols;
    const meant = symbols.includes(ALL_SYMBOLS)
      ? Object.values(declared['raw_symbol'] ?? {}).flat()
      : symbols.flatMap((symbol) => declared[stypeIn]?.[symbol] ?? []);
    let time = 0n;
    for (const [from, to] of meant) {
      const [first, last] = [at(from) > start ? at(from) : start, at(to) < end ? at(to) : end];
      if (first < last) time += last - first;
    }
    if (time === 0n) {
      throw new TickloomError('REQUEST_REJECTED', 'none of the symbols could be resolved', {
        context: { case: 'symbology_invalid_request' },
      });
    }
    const records = Number((time * BigInt(this.market.recordsPerDay ?? 1_000)) / NS_PER_DAY);
    return limit === null ? records : Math.min(records, Number(limit));
  }
}
