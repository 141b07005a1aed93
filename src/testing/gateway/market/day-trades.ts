import { Oddity, oddityAt } from '../../../core/sample/oddities.js';
import type { Random } from '../../../core/sample/random.js';
import { sinceMidnight, type TradingDay } from '../../../core/sample/trading-days.js';
import type { MarketInstrument } from './day-listing.js';

/** The trades of one instrument on one day, a column for each value. Times are ns since the day's midnight. */
export interface DayTrades {
  readonly count: number;
  readonly received: Float64Array;
  /** NaN when undefined. */
  readonly event: Float64Array;
  /** In 1e-9; NaN when undefined. */
  readonly price: Float64Array;
  /** In 1e-9. */
  readonly bid: Float64Array;
  readonly offered: Uint8Array;
  readonly size: Uint32Array;
  readonly side: Uint8Array;
  readonly flags: Uint8Array;
  readonly delta: Int32Array;
  readonly sequence: Uint32Array;
}

const [ASK, BID, NEITHER] = [0x41, 0x42, 0x4e];
const SIDES = [ASK, BID, ASK, BID, ASK, BID, BID, NEITHER];
const LAST = 128;
const FLAGS = [LAST, LAST, 0, LAST | 1, LAST, LAST | 2, 0, LAST];
const BAD_TS_RECV = 8;
const TWO_HOURS_NS = 7_200_000_000_000;
/** Every so many records one stands at a time that it shares with other instruments. */
const SHARED_TIME_EVERY = 50;
/** Of the last price that it may move away from where it began. */
const LEASH = 20;

/**
 * Makes up the trades. Their ts_recv never runs backwards; among them are those that trip up a loader: equal in every
 * field, at one time with others, without a price or a side, with a ts_event that lags by hours or is undefined.
 *
 * @param shift of the places of oddities, so that small days have some too
 */
export function tradesOf(
  instrument: MarketInstrument,
  day: TradingDay,
  count: number,
  random: Random,
  shift: number,
): DayTrades {
  const columns = emptyColumns(count);
  const { tick } = instrument.root;
  const start = firstPrice(instrument, random);
  const slot = Math.floor(day.length / count);
  let last = start;
  let sequence = 0;
  for (let index = 0; index < count; index += 1) {
    const oddity = oddityAt(index + shift);
    const repeats = index > 0 && (oddity === Oddity.Duplicate || oddity === Oddity.SameEvent);
    if (repeats) copyOf(columns, index - 1, index);
    if (repeats && oddity === Oddity.SameEvent) columns.size[index] = 1 + random.below(4);
    if (repeats) continue;
    last = step(last, start, random);
    sequence += 1 + random.below(20);
    const draw = random.next();
    const side = oddity === Oddity.NoSide ? 0 : (SIDES[draw & 7] as number);
    const offered = oddity !== Oddity.OneSidedBook;
    const priced = oddity !== Oddity.UndefinedPrice;
    const within = index % SHARED_TIME_EVERY === 0 ? 0 : random.below(slot);
    const received = sinceMidnight(day, index * slot + within);
    const lag = 40_000 + random.below(400_000) + (oddity === Oddity.LateTsEvent ? TWO_HOURS_NS : 0);
    columns.received[index] = received;
    columns.event[index] = oddity === Oddity.UndefinedTsEvent ? NaN : received - lag;
    columns.bid[index] = last * tick;
    columns.price[index] = priced ? (last + (side === BID && offered ? 1 : 0)) * tick : NaN;
    columns.offered[index] = offered ? 1 : 0;
    columns.size[index] = oddity === Oddity.ZeroSize || !priced ? 0 : 1 + random.below((draw & 0x7c0) === 0 ? 500 : 6);
    columns.side[index] = side;
    columns.flags[index] = (FLAGS[(draw >>> 3) & 7] as number) | (oddity === Oddity.BadTsRecv ? BAD_TS_RECV : 0);
    columns.delta[index] = oddity === Oddity.NegativeDelta ? -1 - random.below(2_000) : 9_000 + random.below(30_000);
    columns.sequence[index] = sequence;
  }
  return columns;
}

/** In ticks. A spread costs around nothing, often less. */
function firstPrice({ root, rank, far }: MarketInstrument, random: Random): number {
  if (far !== null) return random.below(9) - 6;
  return root.price + rank * 12 + random.below(Math.ceil(root.price / 100));
}

function step(last: number, start: number, random: Random): number {
  const move = random.below(3) - 1;
  return Math.abs(last + move - start) * LEASH <= Math.max(Math.abs(start), LEASH * 8) ? last + move : last - move;
}

function emptyColumns(count: number): DayTrades {
  return {
    count,
    received: new Float64Array(count),
    event: new Float64Array(count),
    price: new Float64Array(count),
    bid: new Float64Array(count),
    offered: new Uint8Array(count),
    size: new Uint32Array(count),
    side: new Uint8Array(count),
    flags: new Uint8Array(count),
    delta: new Int32Array(count),
    sequence: new Uint32Array(count),
  };
}

function copyOf({ count: _, ...columns }: DayTrades, from: number, to: number): void {
  for (const column of Object.values(columns)) column[to] = column[from] as number;
}
