import {
  encodeRecord,
  layoutNamed,
  type DbnVersion,
  type RecordInput,
  type RecordLayout,
} from '../../../core/dbn/index.js';
import type { Random } from '../../../core/sample/random.js';
import { sinceMidnight, type TradingDay } from '../../../core/sample/trading-days.js';
import { NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import type { MarketInstrument } from './day-listing.js';
import type { DayTrades } from './day-trades.js';
import type { RecordBlock } from './record-block.js';

/** What a type of statistic fills in; what it does not say is undefined. */
interface StatKind {
  readonly type: number;
  readonly price?: (session: Session) => number;
  readonly quantity?: (session: Session) => number;
  /** Refers to the trading date before. */
  readonly dated?: boolean;
  readonly flags?: number;
}

/** A session in figures. */
interface Session {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly tick: number;
}

const KINDS: readonly StatKind[] = [
  { type: 1, price: ({ open }) => open },
  { type: 3, price: ({ open, tick }) => open - tick, dated: true, flags: 3 },
  { type: 6, quantity: ({ volume }) => Math.round(volume * 0.9), dated: true },
  { type: 9, quantity: ({ volume }) => 1_000 + volume * 3, dated: true },
  { type: 17, price: ({ open, tick }) => open + 800 * tick },
  { type: 18, price: ({ open, tick }) => open - 800 * tick },
  { type: 4, price: ({ low }) => low },
  { type: 5, price: ({ high }) => high },
  { type: 7, price: ({ low, tick }) => low + tick },
  { type: 8, price: ({ high, tick }) => high - tick },
  { type: 12, price: ({ open, close }) => close - open },
  { type: 13, price: ({ close }) => close, quantity: ({ volume }) => volume },
];
/** Every so many statistics one stands at the time of the one before. */
const SAME_TIME_EVERY = 7;
const DELETE = 2;

/** Statistics that fit the trades of the session. */
export function statisticBlock(
  trades: DayTrades,
  instrument: MarketInstrument,
  day: TradingDay,
  publisherId: number,
  version: DbnVersion,
  count: number,
  random: Random,
): RecordBlock {
  const layout = layoutNamed('statistics', version) as RecordLayout;
  const session = sessionOf(trades, instrument.root.tick);
  const midnight = BigInt(day.day) * NS_PER_DAY;
  const slot = Math.floor(day.length / count);
  const times = new Float64Array(count);
  const bytes = new Uint8Array(count * layout.size);
  for (let index = 0; index < count; index += 1) {
    const fresh = sinceMidnight(day, index * slot + random.below(slot));
    times[index] = index % SAME_TIME_EVERY === SAME_TIME_EVERY - 1 ? (times[index - 1] as number) : fresh;
    const time = midnight + BigInt(times[index] as number);
    const values: RecordInput = {
      ...valuesOf(KINDS[index % KINDS.length] as StatKind, session, midnight),
      publisher_id: publisherId,
      instrument_id: instrument.instrumentId,
      ts_event: time - BigInt(40_000 + random.below(400_000)),
      ts_recv: time,
      sequence: 1 + index * 10,
      ts_in_delta: 9_000 + random.below(30_000),
      channel_id: 310,
      // One in a while is taken back.
      update_action: index % 31 === 30 ? DELETE : 1,
    };
    bytes.set(encodeRecord(layout, values), index * layout.size);
  }
  return { bytes, recordSize: layout.size, count, times };
}

function valuesOf(kind: StatKind, session: Session, midnight: bigint): RecordInput {
  return {
    stat_type: kind.type,
    ...(kind.price === undefined ? {} : { price: BigInt(kind.price(session)) }),
    ...(kind.quantity === undefined ? {} : { quantity: kind.quantity(session) }),
    ...(kind.dated === true ? { ts_ref: midnight - NS_PER_DAY } : {}),
    ...(kind.flags === undefined ? {} : { stat_flags: kind.flags }),
  };
}

function sessionOf({ price, size, bid }: DayTrades, tick: number): Session {
  const prices = price.filter((value) => !Number.isNaN(value));
  const fallback = bid[0] ?? 0;
  return {
    open: prices[0] ?? fallback,
    high: prices.reduce((most, value) => Math.max(most, value), prices[0] ?? fallback),
    low: prices.reduce((least, value) => Math.min(least, value), prices[0] ?? fallback),
    close: prices.at(-1) ?? fallback,
    volume: size.reduce((sum, value) => sum + value, 0),
    tick,
  };
}
