import { LENGTH_UNIT, RTYPE } from '../../../core/dbn/constants.js';
import { MBP_1, TRADE } from '../../../core/dbn/layout/market-layouts.js';
import { offsetsOf } from '../../../core/sample/record-series.js';
import type { TradingDay } from '../../../core/sample/trading-days.js';
import { writeInt64, writeInt64Max, writeTime, writeUint64Max } from '../../../core/sample/wide-integers.js';
import type { DayTrades } from './day-trades.js';
import type { MarketInstrument } from './day-listing.js';
import type { RecordBlock } from './record-block.js';

const AT = offsetsOf(TRADE, [
  'publisher_id',
  'instrument_id',
  'ts_event',
  'price',
  'size',
  'action',
  'side',
  'flags',
  'ts_recv',
  'ts_in_delta',
  'sequence',
]);
const BOOK = offsetsOf(MBP_1, ['bid_px_00', 'ask_px_00', 'bid_sz_00', 'ask_sz_00', 'bid_ct_00', 'ask_ct_00']);
const TRADE_ACTION = 0x54;

/** Trades as records of `trades`, or of `tbbo` with the book before each. */
export function tradeBlock(
  trades: DayTrades,
  instrument: MarketInstrument,
  day: TradingDay,
  publisherId: number,
  book: boolean,
): RecordBlock {
  const recordSize = (book ? MBP_1 : TRADE).size;
  const bytes = new Uint8Array(trades.count * recordSize);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < trades.count; index += 1) {
    const at = index * recordSize;
    const event = trades.event[index] as number;
    const price = trades.price[index] as number;
    view.setUint8(at, recordSize / LENGTH_UNIT);
    view.setUint8(at + 1, book ? RTYPE.MBP_1 : RTYPE.TRADE);
    view.setUint16(at + AT.publisher_id, publisherId, true);
    view.setUint32(at + AT.instrument_id, instrument.instrumentId, true);
    if (Number.isNaN(event)) writeUint64Max(view, at + AT.ts_event);
    else writeTime(view, at + AT.ts_event, day.midnight, event);
    if (Number.isNaN(price)) writeInt64Max(view, at + AT.price);
    else writeInt64(view, at + AT.price, price);
    view.setUint32(at + AT.size, trades.size[index] as number, true);
    view.setUint8(at + AT.action, TRADE_ACTION);
    view.setUint8(at + AT.side, trades.side[index] as number);
    view.setUint8(at + AT.flags, trades.flags[index] as number);
    writeTime(view, at + AT.ts_recv, day.midnight, trades.received[index] as number);
    view.setInt32(at + AT.ts_in_delta, trades.delta[index] as number, true);
    view.setUint32(at + AT.sequence, trades.sequence[index] as number, true);
    if (book) writeBook(view, at, trades, index, instrument.root.tick);
  }
  return { bytes, recordSize, count: trades.count, times: trades.received };
}

function writeBook(view: DataView, at: number, trades: DayTrades, index: number, tick: number): void {
  const bid = trades.bid[index] as number;
  const depth = 1 + (((trades.sequence[index] as number) * 7) % 60);
  writeInt64(view, at + BOOK.bid_px_00, bid);
  view.setUint32(at + BOOK.bid_sz_00, depth + 3, true);
  view.setUint32(at + BOOK.bid_ct_00, 1 + (depth >>> 2), true);
  if (trades.offered[index] === 0) {
    writeInt64Max(view, at + BOOK.ask_px_00);
    return;
  }
  writeInt64(view, at + BOOK.ask_px_00, bid + tick);
  view.setUint32(at + BOOK.ask_sz_00, 64 - depth, true);
  view.setUint32(at + BOOK.ask_ct_00, 1 + ((64 - depth) >>> 2), true);
}
