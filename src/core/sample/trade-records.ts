import { LENGTH_UNIT } from '../dbn/constants.js';
import { MBP_1, TRADE } from '../dbn/layout/market-layouts.js';
import { UNMAPPED_ID } from './contracts.js';
import { FrontContracts } from './front-contracts.js';
import { Oddity, oddityAt } from './oddities.js';
import { Random } from './random.js';
import { offsetsOf, type RecordSeries } from './record-series.js';
import type { CheckedRequest } from './sample-request.js';
import { SessionClock } from './session-clock.js';
import { tradingDays, type TradingDay } from './trading-days.js';
import { writeInt64, writeInt64Max, writeTime, writeUint64Max } from './wide-integers.js';

const AT = offsetsOf(TRADE, [
  'publisher_id',
  'instrument_id',
  'ts_event',
  'price',
  'size',
  'action',
  'side',
  'flags',
  'depth',
  'ts_recv',
  'ts_in_delta',
  'sequence',
]);
const BOOK = offsetsOf(MBP_1, ['bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00', 'bid_ct_00', 'ask_ct_00']);

const [TRADE_ACTION, ASK, BID, NEITHER] = [...'TABN'].map((letter) => letter.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
];
const SIDES = [ASK, BID, ASK, BID, ASK, BID, BID, NEITHER];
const LAST = 128;
const PUBLISHER_SPECIFIC = 2;
const BAD_TS_RECV = 8;
/** Bit 1 means nothing, and real data sets it. */
const FLAGS = [LAST, LAST, 0, LAST | 1, LAST, LAST | PUBLISHER_SPECIFIC, 0, LAST];

export const GLBX_PUBLISHER = 1;
export const OTHER_PUBLISHER = 2;
/** Tick of the spread that is not mapped, in 1e-9. */
const SPREAD_TICK = 50_000_000;
const TWO_HOURS_NS = 7_200_000_000_000;

/** Trades, for tbbo with the book as it stood before each. */
export class TradeRecords implements RecordSeries {
  readonly recordSize: number;
  private readonly random: Random;
  private readonly clock: SessionClock;
  private readonly contracts: FrontContracts;
  private readonly book: boolean;
  private ordinal = 0;

  // The current record. A duplicate is written from the same values again.
  private day!: TradingDay;
  private publisher = GLBX_PUBLISHER;
  private instrument = 0;
  private instrumentId = 0;
  private tick = 0;
  private bid = 0;
  private price = 0;
  private priced = true;
  private size = 0;
  private side = 0;
  private flags = 0;
  private received = 0;
  private event = 0;
  private eventKnown = true;
  private delta = 0;
  private sequence = 0;
  private offered = true;

  constructor(request: CheckedRequest) {
    this.book = request.schema === 'tbbo';
    this.recordSize = (this.book ? MBP_1 : TRADE).size;
    this.random = new Random(request.seed);
    this.contracts = new FrontContracts(request);
    this.clock = new SessionClock(tradingDays(request.startDay, request.days), request.records, this.random);
  }

  writeNext(view: DataView, at: number): void {
    this.advance();
    this.write(view, at);
    if (this.book) this.writeBook(view, at);
    this.ordinal += 1;
  }

  private advance(): void {
    const oddity = oddityAt(this.ordinal);
    const firstOfDay = this.clock.next();
    // On a new day the record before may be of another contract: nothing is repeated then.
    if (oddity === Oddity.Duplicate && !firstOfDay) return;
    if (oddity === Oddity.SameEvent && !firstOfDay) {
      this.size = 1 + this.random.below(4);
      return;
    }
    this.day = this.clock.day;
    this.trade(oddity);
    this.happen(oddity);
  }

  /** What was traded. */
  private trade(oddity: Oddity): void {
    const { random, contracts } = this;
    // The first symbols trade most.
    this.instrument = Math.min(random.below(contracts.count), random.below(contracts.count));
    const mapped = oddity !== Oddity.Unmapped;
    this.instrumentId = mapped ? contracts.instrumentId(this.instrument, this.day.index) : UNMAPPED_ID;
    this.tick = mapped ? contracts.tickSize(this.instrument) : SPREAD_TICK;
    this.bid = mapped ? contracts.walk(this.instrument, 1, random) : random.below(9) - 6;
    const draw = random.next();
    this.side = oddity === Oddity.NoSide ? 0 : (SIDES[draw & 7] as number);
    this.flags = (FLAGS[(draw >>> 3) & 7] as number) | (oddity === Oddity.BadTsRecv ? BAD_TS_RECV : 0);
    this.publisher = oddity === Oddity.OtherPublisher ? OTHER_PUBLISHER : GLBX_PUBLISHER;
    this.priced = oddity !== Oddity.UndefinedPrice;
    this.offered = oddity !== Oddity.OneSidedBook;
    // A buyer takes the offer, a seller hits the bid; without an offer there is only the bid.
    this.price = (this.bid + (this.side === BID && this.offered ? 1 : 0)) * this.tick;
    const large = (draw & 0x7c0) === 0;
    this.size = oddity === Oddity.ZeroSize || !this.priced ? 0 : 1 + random.below(large ? 500 : 6);
  }

  /** When. */
  private happen(oddity: Oddity): void {
    const { random, clock } = this;
    this.received = clock.offset;
    this.delta = oddity === Oddity.NegativeDelta ? -1 - random.below(2_000) : 9_000 + random.below(30_000);
    const late = oddity === Oddity.LateTsEvent ? TWO_HOURS_NS : 0;
    this.event = this.received - 40_000 - random.below(400_000) - late;
    this.eventKnown = oddity !== Oddity.UndefinedTsEvent;
    const restarts = clock.countOfDay === 1 || clock.countOfDay === (clock.recordsOfDay >>> 1) + 1;
    this.sequence = (restarts ? 0 : this.sequence) + 1 + random.below(20);
  }

  private write(view: DataView, at: number): void {
    view.setUint8(at, this.recordSize / LENGTH_UNIT);
    view.setUint8(at + 1, this.book ? 1 : 0);
    view.setUint16(at + AT.publisher_id, this.publisher, true);
    view.setUint32(at + AT.instrument_id, this.instrumentId, true);
    if (this.eventKnown) writeTime(view, at + AT.ts_event, this.day.midnight, this.event);
    else writeUint64Max(view, at + AT.ts_event);
    if (this.priced) writeInt64(view, at + AT.price, this.price);
    else writeInt64Max(view, at + AT.price);
    view.setUint32(at + AT.size, this.size, true);
    view.setUint8(at + AT.action, TRADE_ACTION);
    view.setUint8(at + AT.side, this.side);
    view.setUint8(at + AT.flags, this.flags);
    view.setUint8(at + AT.depth, 0);
    writeTime(view, at + AT.ts_recv, this.day.midnight, this.received);
    view.setInt32(at + AT.ts_in_delta, this.delta, true);
    view.setUint32(at + AT.sequence, this.sequence, true);
  }

  private writeBook(view: DataView, at: number): void {
    const depth = 1 + ((this.sequence * 7 + this.size) % 60);
    writeInt64(view, at + BOOK.bid_px_00, this.bid * this.tick);
    view.setUint32(at + BOOK.bid_sz_00, depth + 3, true);
    view.setUint32(at + BOOK.bid_ct_00, 1 + (depth >>> 2), true);
    if (!this.offered) {
      writeInt64Max(view, at + BOOK.ask_px_00);
      return;
    }
    writeInt64(view, at + BOOK.ask_px_00, (this.bid + 1) * this.tick);
    view.setUint32(at + BOOK.ask_sz_00, 64 - depth, true);
    view.setUint32(at + BOOK.ask_ct_00, 1 + ((64 - depth) >>> 2), true);
  }
}
