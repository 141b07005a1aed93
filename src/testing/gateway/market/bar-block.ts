import { LENGTH_UNIT } from '../../../core/dbn/constants.js';
import { OHLCV } from '../../../core/dbn/layout/market-layouts.js';
import { rtypeOfSchema } from '../../../core/dbn/schemas.js';
import { offsetsOf } from '../../../core/sample/record-series.js';
import type { TradingDay } from '../../../core/sample/trading-days.js';
import { writeInt64, writeTime } from '../../../core/sample/wide-integers.js';
import type { DayTrades } from './day-trades.js';
import type { MarketInstrument } from './day-listing.js';
import type { RecordBlock } from './record-block.js';

const AT = offsetsOf(OHLCV, ['publisher_id', 'instrument_id', 'ts_event', 'open', 'high', 'low', 'close', 'volume']);
const SECOND_NS = 1_000_000_000;

/** ns in a bar. */
export const BAR_LENGTHS: Readonly<Record<string, number>> = {
  'ohlcv-1s': SECOND_NS,
  'ohlcv-1m': 60 * SECOND_NS,
  'ohlcv-1h': 3_600 * SECOND_NS,
  'ohlcv-1d': 86_400 * SECOND_NS,
};

interface Bar {
  readonly start: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

/** Bars of the trades that have a price: intervals without one have no bar. */
export function barBlock(
  schema: string,
  trades: DayTrades,
  instrument: MarketInstrument,
  day: TradingDay,
  publisherId: number,
): RecordBlock {
  const bars = barsOf(trades, BAR_LENGTHS[schema] as number);
  const bytes = new Uint8Array(bars.length * OHLCV.size);
  const view = new DataView(bytes.buffer);
  bars.forEach((bar, index) => {
    const at = index * OHLCV.size;
    view.setUint8(at, OHLCV.size / LENGTH_UNIT);
    view.setUint8(at + 1, rtypeOfSchema(schema) as number);
    view.setUint16(at + AT.publisher_id, publisherId, true);
    view.setUint32(at + AT.instrument_id, instrument.instrumentId, true);
    writeTime(view, at + AT.ts_event, day.midnight, bar.start);
    writeInt64(view, at + AT.open, bar.open);
    writeInt64(view, at + AT.high, bar.high);
    writeInt64(view, at + AT.low, bar.low);
    writeInt64(view, at + AT.close, bar.close);
    writeInt64(view, at + AT.volume, bar.volume);
  });
  return { bytes, recordSize: OHLCV.size, count: bars.length, times: Float64Array.from(bars, (bar) => bar.start) };
}

function barsOf(trades: DayTrades, length: number): Bar[] {
  const bars: Bar[] = [];
  for (let index = 0; index < trades.count; index += 1) {
    const price = trades.price[index] as number;
    if (Number.isNaN(price)) continue;
    const start = Math.floor((trades.received[index] as number) / length) * length;
    let bar = bars.at(-1);
    if (bar?.start !== start) {
      bar = { start, open: price, high: price, low: price, close: price, volume: 0 };
      bars.push(bar);
    }
    bar.high = Math.max(bar.high, price);
    bar.low = Math.min(bar.low, price);
    bar.close = price;
    bar.volume += trades.size[index] as number;
  }
  return bars;
}
