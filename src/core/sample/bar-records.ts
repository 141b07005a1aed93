import { LENGTH_UNIT } from '../dbn/constants.js';
import { OHLCV } from '../dbn/layout/market-layouts.js';
import { rtypeOfSchema } from '../dbn/schemas.js';
import { TickloomError } from '../errors/index.js';
import { UNMAPPED_ID } from './contracts.js';
import { FrontContracts } from './front-contracts.js';
import { Oddity, oddityAt } from './oddities.js';
import { Random } from './random.js';
import { offsetsOf, type RecordSeries } from './record-series.js';
import type { CheckedRequest } from './sample-request.js';
import { sinceMidnight, tradingDays, type TradingDay } from './trading-days.js';
import { writeInt64, writeTime } from './wide-integers.js';
import { counted } from '../text/counted.js';

const AT = offsetsOf(OHLCV, ['publisher_id', 'instrument_id', 'ts_event', 'open', 'high', 'low', 'close', 'volume']);

const SECOND_NS = 1_000_000_000;
const DAY_NS = 86_400 * SECOND_NS;

/** Bar length in ns, and the ticks and lots it takes to look like one. */
const BARS: Readonly<Record<string, { readonly length: number; readonly swing: number; readonly volume: number }>> = {
  'ohlcv-1s': { length: SECOND_NS, swing: 2, volume: 60 },
  'ohlcv-1m': { length: 60 * SECOND_NS, swing: 7, volume: 2_000 },
  'ohlcv-1h': { length: 3_600 * SECOND_NS, swing: 40, volume: 80_000 },
  'ohlcv-1d': { length: DAY_NS, swing: 150, volume: 1_500_000 },
};

const SPREAD_TICK = 50_000_000;
const MOST_PUBLISHERS = 0xffff;

/**
 * Bars: at most one for each publisher, instrument and time, in order of time, with the gaps that intervals without
 * trades leave. Where the sessions have no room for as many bars as asked for, further publishers give theirs, as in
 * a consolidated dataset.
 */
export class BarRecords implements RecordSeries {
  readonly recordSize = OHLCV.size;
  private readonly random: Random;
  private readonly contracts: FrontContracts;
  private readonly rtype: number;
  private readonly length: number;
  private readonly swing: number;
  private readonly volume: number;
  private readonly days: readonly TradingDay[];
  /** Bars that are possible at one time. */
  private readonly lanes: number;
  /** Possible bars, of which every record takes one out of its own stretch of them. */
  private readonly stretch: number;
  private readonly leftOver: number;
  private readonly records: number;
  private begin = 0;
  private owed = 0;
  private dayIndex = 0;
  private daySlots: number;
  private slotsBefore = 0;
  private ordinal = 0;

  /** @throws USAGE when not even {@link MOST_PUBLISHERS} publishers have so many bars */
  constructor(request: CheckedRequest) {
    const { length, swing, volume } = BARS[request.schema] as (typeof BARS)[string];
    this.rtype = rtypeOfSchema(request.schema) as number;
    this.length = length;
    this.swing = swing;
    this.volume = volume;
    this.records = request.records;
    this.random = new Random(request.seed);
    this.contracts = new FrontContracts(request);
    this.days = tradingDays(request.startDay, request.days);
    const times = this.days.reduce((sum, day) => sum + this.slotsOn(day), 0);
    const publishers = Math.max(1, Math.ceil(this.records / (times * request.instruments)));
    if (publishers > MOST_PUBLISHERS) throw tooMany(request, times * request.instruments * MOST_PUBLISHERS);
    this.lanes = request.instruments * publishers;
    this.stretch = Math.floor((times * this.lanes) / this.records);
    this.leftOver = (times * this.lanes) % this.records;
    this.daySlots = this.slotsOn(this.days[0] as TradingDay);
  }

  writeNext(view: DataView, at: number): void {
    const cell = this.takeCell();
    const slot = Math.floor(cell / this.lanes);
    const lane = cell % this.lanes;
    const day = this.dayOf(slot);
    const position = lane % this.contracts.count;
    const spread = oddityAt(this.ordinal) === Oddity.Unmapped;
    view.setUint8(at, OHLCV.size / LENGTH_UNIT);
    view.setUint8(at + 1, this.rtype);
    view.setUint16(at + AT.publisher_id, 1 + Math.floor(lane / this.contracts.count), true);
    view.setUint32(
      at + AT.instrument_id,
      spread ? UNMAPPED_ID : this.contracts.instrumentId(position, day.index),
      true,
    );
    writeTime(view, at + AT.ts_event, day.midnight, this.startOf(slot - this.slotsBefore, day));
    this.writePrices(view, at, position, spread);
    this.ordinal += 1;
  }

  /** The next possible bar that there is one for: counted over times, and at one time over lanes. */
  private takeCell(): number {
    this.owed += this.leftOver;
    const longer = this.owed >= this.records;
    if (longer) this.owed -= this.records;
    const width = this.stretch + (longer ? 1 : 0);
    const cell = this.begin + this.random.below(width);
    this.begin += width;
    return cell;
  }

  private dayOf(slot: number): TradingDay {
    while (slot >= this.slotsBefore + this.daySlots) {
      this.slotsBefore += this.daySlots;
      this.dayIndex += 1;
      this.daySlots = this.slotsOn(this.days[this.dayIndex] as TradingDay);
    }
    return this.days[this.dayIndex] as TradingDay;
  }

  private slotsOn(day: TradingDay): number {
    // A daily bar is that of the UTC day, however short its session.
    return this.length === DAY_NS ? Math.sign(day.length) : day.length / this.length;
  }

  private startOf(slot: number, day: TradingDay): number {
    return this.length === DAY_NS ? 0 : sinceMidnight(day, slot * this.length);
  }

  private writePrices(view: DataView, at: number, position: number, spread: boolean): void {
    const { random, swing } = this;
    const tick = spread ? SPREAD_TICK : this.contracts.tickSize(position);
    const open = spread ? -random.below(6) : this.contracts.walk(position, 1, random);
    const close = spread ? -random.below(6) : this.contracts.walk(position, swing, random);
    writeInt64(view, at + AT.open, open * tick);
    writeInt64(view, at + AT.high, (Math.max(open, close) + random.below(swing)) * tick);
    writeInt64(view, at + AT.low, (Math.min(open, close) - random.below(swing)) * tick);
    writeInt64(view, at + AT.close, close * tick);
    writeInt64(view, at + AT.volume, 1 + random.below(this.volume));
  }
}

function tooMany(request: CheckedRequest, most: number): TickloomError {
  return new TickloomError(
    'USAGE',
    `cannot make a sample: ${counted(request.records, 'record')} of ${request.schema} would have to fit into ` +
      `${counted(request.days, 'day')} of ${counted(request.instruments, 'instrument')}, at most ${most} do`,
    { hint: 'Ask for fewer records or more days.' },
  );
}
