import type { DbnVersion } from '../../../core/dbn/index.js';
import { Random } from '../../../core/sample/random.js';
import { SAMPLE_SCHEMAS } from '../../../core/sample/sample-request.js';
import { NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import type { GatewayDataset, RecordQuery, RecordRun, TimeRange } from '../dataset.js';
import { dayOfDate } from '../dates.js';
import { BAR_LENGTHS, barBlock } from './bar-block.js';
import { BlockCache } from './block-cache.js';
import type { MarketInstrument } from './day-listing.js';
import { tradesOf, type DayTrades } from './day-trades.js';
import { definitionBlock } from './definition-block.js';
import { Market } from './market.js';
import { MarketCalendar } from './market-calendar.js';
import { countBetween, mergedBytes, type RecordBlock } from './record-block.js';
import { statisticBlock } from './statistic-block.js';
import { tradeBlock } from './trade-block.js';

/** What a made-up market is like. The same options give the same records, always. */
export interface SampledOptions {
  /** First UTC day, YYYY-MM-DD; default 2024-01-08, a Monday. */
  readonly start?: string;
  /** UTC day behind the last one; default two weeks after the first. */
  readonly end?: string;
  /** Products; default ES, NQ, ZR. Known are those of `tickloom sample` and ZR. */
  readonly roots?: readonly string[];
  /** Futures of a product that are listed at a time; default 3. Between neighbours there are spreads. */
  readonly contracts?: number;
  /**
   * Days on which `X.c.0` of every product means the next contract; the one before expires the day before. Default the
   * middle of the range. `X.v.0` and `X.n.0` roll in the days before. Real third Fridays count too.
   */
  readonly rolls?: readonly string[];
  /** Trades of the busiest contract of a product in a full session; default 1,000. Others have less. */
  readonly recordsPerDay?: number | Readonly<Record<string, number>>;
  /** Statistics of an instrument in a session; default 24. */
  readonly statisticsPerDay?: number;
  /** Holidays. */
  readonly closed?: readonly string[];
  /** Default 1. */
  readonly seed?: number;
  /** Default all eight of `tickloom sample`. */
  readonly schemas?: readonly string[];
  /** Schemas that begin later or end earlier than the rest. */
  readonly ranges?: Readonly<Record<string, Partial<TimeRange>>>;
  /** Default 1, GLBX. */
  readonly publisherId?: number;
}

const DEFAULT_START = '2024-01-08';
const DEFAULT_DAYS = 14;
const DEFAULT_RECORDS = 1_000;
const FULL_SESSION_NS = 23 * 3_600_000_000_000;

/**
 * Makes up a futures market for the gateway: outright contracts and calendar spreads of several products, continuous
 * symbols that roll, sessions with weekends, and all schemas drawn from the same trades. Records are made when they are
 * asked for, a day of an instrument at a time.
 */
export function sampled(options: SampledOptions = {}): GatewayDataset {
  return new SampledDataset(options);
}

class SampledDataset implements GatewayDataset {
  readonly schemas: readonly string[];
  private readonly calendar: MarketCalendar;
  private readonly market: Market;
  private readonly blocks = new BlockCache<RecordBlock>((block) => block.bytes.length + block.times.byteLength);
  private readonly trades = new BlockCache<DayTrades>((trades) => trades.count * 64);

  constructor(private readonly options: SampledOptions) {
    const startDay = dayOfDate(options.start ?? DEFAULT_START);
    const endDay = options.end === undefined ? startDay + DEFAULT_DAYS : dayOfDate(options.end);
    if (endDay <= startDay) throw new RangeError('a market ends after it starts');
    this.schemas = options.schemas ?? SAMPLE_SCHEMAS;
    this.calendar = new MarketCalendar(startDay, endDay, new Set((options.closed ?? []).map(dayOfDate)));
    const rolls = options.rolls?.map(dayOfDate) ?? middleOf(this.calendar);
    this.market = new Market(this.calendar, options.roots ?? ['ES', 'NQ', 'ZR'], options.contracts ?? 3, rolls);
  }

  range(schema: string): TimeRange {
    const whole = {
      start: BigInt(this.calendar.startDay) * NS_PER_DAY,
      end: BigInt(this.calendar.endDay) * NS_PER_DAY,
    };
    return { ...whole, ...this.options.ranges?.[schema] };
  }

  isSession(day: number): boolean {
    return this.calendar.isSession(day);
  }

  instrumentsOn(day: number): readonly number[] {
    return this.market.on(day).map(({ instrumentId }) => instrumentId);
  }

  resolve(stypeIn: string, symbol: string, day: number): readonly number[] {
    return this.market.resolve(stypeIn, symbol, day);
  }

  rawSymbol(instrumentId: number, day: number): string | undefined {
    return this.market.withId(instrumentId, day)?.rawSymbol;
  }

  versionFor(wanted: DbnVersion): DbnVersion {
    return wanted;
  }

  *records(query: RecordQuery): Generator<RecordRun, void, undefined> {
    for (const { day, instruments, from, to } of this.daysOf(query)) {
      const blocks = instruments.map((instrument) => this.block(query, instrument, day));
      const merged = mergedBytes(blocks, from, to);
      if (merged.count > 0) yield { ...merged, day };
    }
  }

  count(query: RecordQuery): number {
    let sum = 0;
    for (const { day, instruments, from, to } of this.daysOf(query)) {
      for (const instrument of instruments) {
        const whole = from <= 0 && to >= Number(NS_PER_DAY);
        const ticks = query.schema === 'trades' || query.schema === 'tbbo';
        // A whole day of trades is known without making them.
        if (whole && ticks) sum += this.tradeCount(instrument, day);
        else sum += countBetween(this.block(query, instrument, day), from, to);
      }
    }
    return sum;
  }

  private *daysOf({ schema, start, end, idsOn }: RecordQuery): Generator<{
    day: number;
    instruments: readonly MarketInstrument[];
    from: number;
    to: number;
  }> {
    const range = this.range(schema);
    const first = start > range.start ? start : range.start;
    const last = end < range.end ? end : range.end;
    for (let day = Number(first / NS_PER_DAY); BigInt(day) * NS_PER_DAY < last; day += 1) {
      const ids = this.calendar.isSession(day) ? idsOn(day) : new Set<number>();
      const listed = this.market.on(day);
      const instruments = ids === null ? listed : listed.filter(({ instrumentId }) => ids.has(instrumentId));
      const midnight = BigInt(day) * NS_PER_DAY;
      if (instruments.length > 0)
        yield { day, instruments, from: Number(first - midnight), to: Number(last - midnight) };
    }
  }

  private block({ schema, version }: RecordQuery, instrument: MarketInstrument, day: number): RecordBlock {
    return this.blocks.get(`${schema} ${version} ${day} ${instrument.instrumentId}`, () =>
      this.makeBlock(schema, version, instrument, day),
    );
  }

  private makeBlock(schema: string, version: DbnVersion, instrument: MarketInstrument, day: number): RecordBlock {
    const { publisherId = 1, statisticsPerDay = 24 } = this.options;
    const hours = this.calendar.on(day);
    if (schema === 'definition') {
      return definitionBlock(instrument, hours, publisherId, version, this.market.on(day).indexOf(instrument));
    }
    const trades = this.dayTrades(instrument, day);
    if (schema in BAR_LENGTHS) return barBlock(schema, trades, instrument, hours, publisherId);
    if (schema !== 'statistics') return tradeBlock(trades, instrument, hours, publisherId, schema === 'tbbo');
    const random = this.random(instrument, day, 1);
    return statisticBlock(trades, instrument, hours, publisherId, version, statisticsPerDay, random);
  }

  private dayTrades(instrument: MarketInstrument, day: number): DayTrades {
    return this.trades.get(`${day} ${instrument.instrumentId}`, () => {
      const random = this.random(instrument, day, 0);
      const count = this.tradeCount(instrument, day);
      return tradesOf(instrument, this.calendar.on(day), count, random, instrument.instrumentId + day * 37);
    });
  }

  private tradeCount({ root, activity }: MarketInstrument, day: number): number {
    const { recordsPerDay = DEFAULT_RECORDS } = this.options;
    const busiest = typeof recordsPerDay === 'number' ? recordsPerDay : (recordsPerDay[root.code] ?? DEFAULT_RECORDS);
    return Math.max(1, Math.round((busiest * activity * this.calendar.on(day).length) / FULL_SESSION_NS));
  }

  private random({ instrumentId }: MarketInstrument, day: number, stream: number): Random {
    const { seed = 1 } = this.options;
    return new Random(Math.imul(seed, 0x9e3779b1) + (instrumentId * 65_536 + day) * 2 + stream);
  }
}

/** A session in the middle, so that a range of two sessions or more holds a roll. */
function middleOf(calendar: MarketCalendar): number[] {
  const sessions: number[] = [];
  for (let day = calendar.startDay; day < calendar.endDay; day += 1) if (calendar.isSession(day)) sessions.push(day);
  const middle = sessions[sessions.length >> 1];
  return middle === undefined || sessions.length < 2 ? [] : [middle];
}
