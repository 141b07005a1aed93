import { LENGTH_UNIT, RTYPE } from '../dbn/constants.js';
import { STATISTICS_V1, STATISTICS_V3 } from '../dbn/layout/statistics-layouts.js';
import { UNMAPPED_ID } from './contracts.js';
import { FrontContracts } from './front-contracts.js';
import { Oddity, oddityAt } from './oddities.js';
import { Random } from './random.js';
import { offsetsOf, type RecordSeries } from './record-series.js';
import type { CheckedRequest } from './sample-request.js';
import { SessionClock } from './session-clock.js';
import { tradingDays, type TradingDay } from './trading-days.js';
import { GLBX_PUBLISHER, OTHER_PUBLISHER } from './trade-records.js';
import { writeInt64, writeInt64Max, writeTime, writeUint64Max } from './wide-integers.js';

const FIELDS = [
  'publisher_id',
  'instrument_id',
  'ts_event',
  'ts_recv',
  'ts_ref',
  'price',
  'quantity',
  'sequence',
  'ts_in_delta',
  'stat_type',
  'channel_id',
  'update_action',
  'stat_flags',
] as const;

/** What a type of statistic fills in: its price, its quantity, the trading date it refers to. */
interface StatKind {
  readonly type: number;
  readonly price: boolean;
  readonly quantity: boolean;
  readonly dated: boolean;
}

const ofPrice = (type: number, dated = false): StatKind => ({ type, price: true, quantity: false, dated });
const ofQuantity = (type: number, dated = true): StatKind => ({ type, price: false, quantity: true, dated });
const ofBoth = (type: number): StatKind => ({ type, price: true, quantity: true, dated: false });

const SETTLEMENT = 3;
const NET_CHANGE = 12;
const KINDS: readonly StatKind[] = [
  ofPrice(1), // opening price
  ofBoth(2), // indicative opening price
  ofPrice(SETTLEMENT, true),
  ofPrice(4), // session low
  ofPrice(5), // session high
  ofQuantity(6), // cleared volume
  ofPrice(7), // lowest offer
  ofPrice(8), // highest bid
  ofQuantity(9), // open interest
  ofPrice(10), // fixing price
  ofPrice(NET_CHANGE),
  ofBoth(13), // vwap
  ofPrice(17), // upper limit
  ofPrice(18), // lower limit
  ofQuantity(19), // block volume
  ofQuantity(10_001, false), // a volume of the venue's own
];

const I32_MAX = 0x7fffffff;
const NEW = 1;
const DELETE = 2;
/** Final and actual. */
const SETTLEMENT_FLAGS = 3;
const TWO_HOURS_NS = 7_200_000_000_000;

/** Statistics of several types; what a type does not say is undefined. */
export class StatisticRecords implements RecordSeries {
  readonly recordSize: number;
  private readonly wide: boolean;
  private readonly at: Readonly<Record<(typeof FIELDS)[number], number>>;
  private readonly random: Random;
  private readonly clock: SessionClock;
  private readonly contracts: FrontContracts;
  private ordinal = 0;

  // The current record. A duplicate is written from the same values again.
  private day!: TradingDay;
  private oddity: Oddity = Oddity.None;
  private kind = KINDS[0] as StatKind;
  private instrumentId = 0;
  private price = 0;
  private quantity = 0;
  private received = 0;
  private event = 0;
  private sequence = 0;
  private delta = 0;

  constructor(request: CheckedRequest) {
    const layout = request.version === 3 ? STATISTICS_V3 : STATISTICS_V1;
    this.wide = request.version === 3;
    this.recordSize = layout.size;
    this.at = offsetsOf(layout, FIELDS);
    this.random = new Random(request.seed);
    this.contracts = new FrontContracts(request);
    this.clock = new SessionClock(tradingDays(request.startDay, request.days), request.records, this.random);
  }

  writeNext(view: DataView, at: number): void {
    const oddity = oddityAt(this.ordinal);
    const firstOfDay = this.clock.next();
    if (oddity !== Oddity.Duplicate || firstOfDay) this.advance(oddity, firstOfDay);
    this.write(view, at);
    this.ordinal += 1;
  }

  private advance(oddity: Oddity, firstOfDay: boolean): void {
    const { random, contracts, clock } = this;
    this.oddity = oddity;
    this.day = clock.day;
    this.kind = KINDS[random.below(KINDS.length)] as StatKind;
    const position = random.below(contracts.count);
    const mapped = oddity !== Oddity.Unmapped;
    this.instrumentId = mapped ? contracts.instrumentId(position, this.day.index) : UNMAPPED_ID;
    const ticks = mapped ? contracts.walk(position, 3, random) : -random.below(20);
    this.price = (this.kind.type === NET_CHANGE ? random.below(81) - 40 : ticks) * contracts.tickSize(position);
    this.quantity = oddity === Oddity.ZeroSize ? 0 : random.below(2_000_000);
    this.delta = oddity === Oddity.NegativeDelta ? -1 - random.below(2_000) : 9_000 + random.below(30_000);
    if (oddity === Oddity.SameEvent && !firstOfDay) return;
    this.received = clock.offset;
    this.event = this.received - 40_000 - random.below(400_000) - (oddity === Oddity.LateTsEvent ? TWO_HOURS_NS : 0);
    this.sequence = (clock.countOfDay === 1 ? 0 : this.sequence) + 1 + random.below(50);
  }

  private write(view: DataView, record: number): void {
    const { at, kind, oddity } = this;
    const { midnight } = this.day;
    view.setUint8(record, this.recordSize / LENGTH_UNIT);
    view.setUint8(record + 1, RTYPE.STATISTICS);
    const publisher = oddity === Oddity.OtherPublisher ? OTHER_PUBLISHER : GLBX_PUBLISHER;
    view.setUint16(record + at.publisher_id, publisher, true);
    view.setUint32(record + at.instrument_id, this.instrumentId, true);
    if (oddity === Oddity.UndefinedTsEvent) writeUint64Max(view, record + at.ts_event);
    else writeTime(view, record + at.ts_event, midnight, this.event);
    writeTime(view, record + at.ts_recv, midnight, this.received);
    if (kind.dated) writeTime(view, record + at.ts_ref, midnight, 0);
    else writeUint64Max(view, record + at.ts_ref);
    if (kind.price) writeInt64(view, record + at.price, this.price);
    else writeInt64Max(view, record + at.price);
    this.writeQuantity(view, record + at.quantity);
    view.setUint32(record + at.sequence, this.sequence, true);
    view.setInt32(record + at.ts_in_delta, this.delta, true);
    view.setUint16(record + at.stat_type, kind.type, true);
    view.setUint16(record + at.channel_id, this.instrumentId % 16, true);
    view.setUint8(record + at.update_action, oddity === Oddity.Deletion ? DELETE : NEW);
    view.setUint8(record + at.stat_flags, kind.type === SETTLEMENT ? SETTLEMENT_FLAGS : 0);
  }

  private writeQuantity(view: DataView, at: number): void {
    if (!this.wide) view.setInt32(at, this.kind.quantity ? this.quantity : I32_MAX, true);
    else if (this.kind.quantity) writeInt64(view, at, this.quantity);
    else writeInt64Max(view, at);
  }
}
