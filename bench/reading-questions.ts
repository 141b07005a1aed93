/** What people ask of market data, as SQL. The sample's first day is 2024-03-04. */
export interface Question {
  readonly title: string;
  readonly schema: string;
  /** Tables by their plain names: each kind of index has its own search_path. */
  readonly sql: string;
}

const HOUR = `>= '2024-03-06 14:00Z' AND ts_recv < '2024-03-06 15:00Z'`;
/** What the contract is on that day; instruments are what an index by instrument knows. */
const INSTRUMENT = `(SELECT instrument_id FROM symbology WHERE symbol = 'ES.c.0'
  AND '2024-03-06' >= start_date AND '2024-03-06' < end_date)`;

export const QUESTIONS: readonly Question[] = [
  {
    title: 'trades of one symbol in an hour',
    schema: 'trades',
    sql: `SELECT * FROM trades WHERE symbol = 'ES.c.0' AND ts_recv ${HOUR} ORDER BY ts_recv, ts_recv_ns`,
  },
  {
    title: 'the same by instrument id',
    schema: 'trades',
    sql: `SELECT * FROM trades WHERE instrument_id = ${INSTRUMENT} AND ts_recv ${HOUR} ORDER BY ts_recv, ts_recv_ns`,
  },
  {
    title: 'one-minute bars of one symbol for a day, from trades',
    schema: 'trades',
    sql: `SELECT date_trunc('minute', ts_recv) AS minute, (array_agg(price ORDER BY chunk_id, ordinal))[1] AS open,
      max(price) AS high, min(price) AS low, (array_agg(price ORDER BY chunk_id DESC, ordinal DESC))[1] AS close,
      sum(size) AS volume FROM trades
      WHERE symbol = 'ES.c.0' AND ts_recv >= '2024-03-06Z' AND ts_recv < '2024-03-07Z' GROUP BY 1`,
  },
  {
    title: 'last quote of one instrument before a time, looking back ten minutes',
    schema: 'tbbo',
    sql: `SELECT bid_px, ask_px FROM tbbo WHERE instrument_id = ${INSTRUMENT}
      AND ts_recv >= '2024-03-06 14:20Z' AND ts_recv < '2024-03-06 14:30Z' ORDER BY ts_recv DESC, ts_recv_ns DESC LIMIT 1`,
  },
  {
    title: 'the same looking back without end',
    schema: 'tbbo',
    sql: `SELECT bid_px, ask_px FROM tbbo WHERE instrument_id = ${INSTRUMENT}
      AND ts_recv < '2024-03-06 14:30Z' ORDER BY ts_recv DESC, ts_recv_ns DESC LIMIT 1`,
  },
  {
    title: 'settlement prices of a day',
    schema: 'statistics',
    sql: `SELECT symbol, price FROM statistics
      WHERE stat_type = 3 AND ts_recv >= '2024-03-06Z' AND ts_recv < '2024-03-07Z'`,
  },
  {
    title: 'how many trades there are of each symbol',
    schema: 'trades',
    sql: `SELECT symbol, count(*) FROM trades GROUP BY symbol`,
  },
];
