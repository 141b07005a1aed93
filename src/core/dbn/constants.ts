/** Units of a raw price in one whole unit of currency: a raw price of 3720250000000 is 3720.25. */
export const FIXED_PRICE_SCALE = 1_000_000_000n;

/** No price: the largest i64. */
export const UNDEF_PRICE = 9223372036854775807n;
/** No time: the largest u64. */
export const UNDEF_TIMESTAMP = 18446744073709551615n;
/** No quantity of an order or trade: the largest u32. */
export const UNDEF_ORDER_SIZE = 4294967295n;
/** No quantity of a statistic in versions 1 and 2, whose quantity is an i32. */
export const UNDEF_STAT_QUANTITY_V1 = 2147483647n;
/** No quantity of a statistic in version 3, whose quantity is an i64. */
export const UNDEF_STAT_QUANTITY = 9223372036854775807n;

/** Bytes of the header that every record starts with. */
export const RECORD_HEADER_SIZE = 16;
/** Bytes that one unit of a record's length byte stands for. */
export const LENGTH_UNIT = 4;
/** Bytes of the gateway's send time, inside the length of every record when the metadata says `ts_out`. */
export const TS_OUT_SIZE = 8;

/** Width of a symbol in the metadata and records of version 1, its NUL included. */
export const SYMBOL_CSTR_LEN_V1 = 22;
/** The same from version 2 on. */
export const SYMBOL_CSTR_LEN = 71;

/** The newest version of the format known here. */
export const NEWEST_VERSION = 3;

export const RTYPE = {
  TRADE: 0x00,
  MBP_1: 0x01,
  MBP_10: 0x0a,
  OHLCV_DEPRECATED: 0x11,
  STATUS: 0x12,
  DEFINITION: 0x13,
  IMBALANCE: 0x14,
  ERROR: 0x15,
  SYMBOL_MAPPING: 0x16,
  SYSTEM: 0x17,
  STATISTICS: 0x18,
  OHLCV_1S: 0x20,
  OHLCV_1M: 0x21,
  OHLCV_1H: 0x22,
  OHLCV_1D: 0x23,
  OHLCV_EOD: 0x24,
  MBO: 0xa0,
  CMBP_1: 0xb1,
  CBBO_1S: 0xc0,
  CBBO_1M: 0xc1,
  TCBBO: 0xc2,
  BBO_1S: 0xc3,
  BBO_1M: 0xc4,
} as const;
