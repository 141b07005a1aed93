import { RTYPE, UNDEF_ORDER_SIZE } from '../constants.js';
import { char, defineLayout, i32, levels, price, reserved, timestamp, u16, u32, u64, u8 } from './define-layout.js';
import type { DbnVersion } from './record-layout.js';

const ALL_VERSIONS: readonly DbnVersion[] = [1, 2, 3];

const BOOK_LEVEL = [price('bid_px'), price('ask_px'), u32('bid_sz'), u32('ask_sz'), u32('bid_ct'), u32('ask_ct')];

/** A level of a consolidated book: publisher ids of the venues in place of the order counts. */
const CONSOLIDATED_LEVEL = [
  price('bid_px'),
  price('ask_px'),
  u32('bid_sz'),
  u32('ask_sz'),
  u16('bid_pb'),
  reserved('_reserved1', 2),
  u16('ask_pb'),
  reserved('_reserved2', 2),
];

export const MBO = defineLayout({
  name: 'mbo',
  rtypes: [RTYPE.MBO],
  versions: ALL_VERSIONS,
  size: 56,
  // flags and channel_id stand before action and side here, unlike in every other record
  fields: [
    u64('order_id'),
    price('price'),
    u32('size', UNDEF_ORDER_SIZE),
    u8('flags'),
    u8('channel_id', 255n),
    char('action'),
    char('side', 'N'),
    timestamp('ts_recv'),
    i32('ts_in_delta'),
    u32('sequence'),
  ],
  textFirst: ['action', 'side', 'price', 'size', 'channel_id', 'order_id'],
});

const TRADE_BODY = [
  price('price'),
  u32('size', UNDEF_ORDER_SIZE),
  char('action'),
  char('side', 'N'),
  u8('flags'),
  u8('depth'),
  timestamp('ts_recv'),
  i32('ts_in_delta'),
  u32('sequence'),
];
const TRADE_TEXT_FIRST = ['action', 'side', 'depth'];

export const TRADE = defineLayout({
  name: 'trade',
  rtypes: [RTYPE.TRADE],
  versions: ALL_VERSIONS,
  size: 48,
  fields: TRADE_BODY,
  textFirst: TRADE_TEXT_FIRST,
});

/** Also tbbo, which only the schema in the metadata tells apart. */
export const MBP_1 = defineLayout({
  name: 'mbp-1',
  rtypes: [RTYPE.MBP_1],
  versions: ALL_VERSIONS,
  size: 80,
  fields: [...TRADE_BODY, ...levels(1, BOOK_LEVEL)],
  textFirst: TRADE_TEXT_FIRST,
});

export const MBP_10 = defineLayout({
  name: 'mbp-10',
  rtypes: [RTYPE.MBP_10],
  versions: ALL_VERSIONS,
  size: 368,
  fields: [...TRADE_BODY, ...levels(10, BOOK_LEVEL)],
  textFirst: TRADE_TEXT_FIRST,
});

export const BBO = defineLayout({
  name: 'bbo',
  rtypes: [RTYPE.BBO_1S, RTYPE.BBO_1M],
  versions: ALL_VERSIONS,
  size: 80,
  fields: [
    price('price'),
    u32('size', UNDEF_ORDER_SIZE),
    reserved('_reserved1', 1),
    char('side', 'N'),
    u8('flags'),
    reserved('_reserved2', 1),
    timestamp('ts_recv'),
    reserved('_reserved3', 4),
    u32('sequence'),
    ...levels(1, BOOK_LEVEL),
  ],
  textFirst: ['side'],
});

/** Also tcbbo: the vendor's Python client pairs that with cbbo, its Rust and C++ definitions do not. */
export const CMBP_1 = defineLayout({
  name: 'cmbp-1',
  rtypes: [RTYPE.CMBP_1, RTYPE.TCBBO],
  versions: ALL_VERSIONS,
  size: 80,
  fields: [
    price('price'),
    u32('size', UNDEF_ORDER_SIZE),
    char('action'),
    char('side', 'N'),
    u8('flags'),
    reserved('_reserved1', 1),
    timestamp('ts_recv'),
    i32('ts_in_delta'),
    reserved('_reserved2', 4),
    ...levels(1, CONSOLIDATED_LEVEL),
  ],
  textFirst: ['action', 'side'],
});

export const CBBO = defineLayout({
  name: 'cbbo',
  rtypes: [RTYPE.CBBO_1S, RTYPE.CBBO_1M],
  versions: ALL_VERSIONS,
  size: 80,
  fields: [
    price('price'),
    u32('size', UNDEF_ORDER_SIZE),
    reserved('_reserved1', 1),
    char('side', 'N'),
    u8('flags'),
    reserved('_reserved2', 1),
    timestamp('ts_recv'),
    reserved('_reserved3', 8),
    ...levels(1, CONSOLIDATED_LEVEL),
  ],
  textFirst: ['side'],
});

export const OHLCV = defineLayout({
  name: 'ohlcv',
  rtypes: [RTYPE.OHLCV_1S, RTYPE.OHLCV_1M, RTYPE.OHLCV_1H, RTYPE.OHLCV_1D, RTYPE.OHLCV_EOD, RTYPE.OHLCV_DEPRECATED],
  versions: ALL_VERSIONS,
  size: 56,
  fields: [price('open'), price('high'), price('low'), price('close'), u64('volume')],
});

export const STATUS = defineLayout({
  name: 'status',
  rtypes: [RTYPE.STATUS],
  versions: ALL_VERSIONS,
  size: 40,
  fields: [
    timestamp('ts_recv'),
    u16('action'),
    u16('reason'),
    u16('trading_event'),
    char('is_trading', '~'),
    char('is_quoting', '~'),
    char('is_short_sell_restricted', '~'),
    reserved('_reserved', 7),
  ],
});

export const IMBALANCE = defineLayout({
  name: 'imbalance',
  rtypes: [RTYPE.IMBALANCE],
  versions: ALL_VERSIONS,
  size: 112,
  fields: [
    timestamp('ts_recv'),
    price('ref_price'),
    timestamp('auction_time'),
    price('cont_book_clr_price'),
    price('auct_interest_clr_price'),
    price('ssr_filling_price'),
    price('ind_match_price'),
    price('upper_collar'),
    price('lower_collar'),
    u32('paired_qty', UNDEF_ORDER_SIZE),
    u32('total_imbalance_qty', UNDEF_ORDER_SIZE),
    u32('market_imbalance_qty', UNDEF_ORDER_SIZE),
    u32('unpaired_qty', UNDEF_ORDER_SIZE),
    char('auction_type', '~'),
    char('side', 'N'),
    u8('auction_status'),
    u8('freeze_status'),
    u8('num_extensions'),
    char('unpaired_side', 'N'),
    char('significant_imbalance', '~'),
    reserved('_reserved', 1),
  ],
});
