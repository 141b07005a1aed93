import type { BarLength } from '../../../core/storage/bar-length.js';
import { qualify } from '../identifiers.js';
import { timescaleFunction } from '../timescale/hypertable-sql.js';
import type { Timescale } from '../timescale/extension.js';

/** The schema whose rows bars are made of. */
export const TRADES = 'trades';

/** What of a trade its bar is made of. */
export const TRADE_COLUMNS: readonly string[] = [
  'publisher_id',
  'instrument_id',
  'price',
  'size',
  'action',
  'ts_recv',
  'ts_recv_ns',
  'symbol',
  'dataset',
  'chunk_id',
  'ordinal',
];

const SPANS: Readonly<Record<BarLength, string>> = {
  '1s': '1 second',
  '1m': '1 minute',
  '1h': '1 hour',
  '1d': '1 day',
};

/** The name of the view that has the bars of a length. */
export function barsName(length: BarLength): string {
  return `bars_${length}`;
}

/** The bars as a view that is made anew for each question. */
export function barView(dbSchema: string, table: string, length: BarLength): string {
  // any midnight of UTC: days begin there, and what is shorter too
  const start = `pg_catalog.date_bin(interval '${SPANS[length]}', ts_recv, timestamptz '2000-01-01 00:00:00+00')`;
  return `create view ${qualify(dbSchema, barsName(length))} as ${bars(qualify(dbSchema, table), start)}`;
}

/**
 * The bars as a continuous aggregate, still empty. What was not refreshed yet is made for the question, as far as it is
 * later than everything that was.
 */
export function barAggregate(timescale: Timescale, dbSchema: string, table: string, length: BarLength): string {
  const start = `${timescaleFunction(timescale, 'time_bucket')}(interval '${SPANS[length]}', ts_recv)`;
  return `create materialized view ${qualify(dbSchema, barsName(length))}
    with (timescaledb.continuous, timescaledb.materialized_only = false, timescaledb.create_group_indexes = false)
    as ${bars(qualify(dbSchema, table), start)} with no data`;
}

/**
 * By the vendor's rules: over the time of receipt, from all trades with a price, none where there are none. Trades of
 * the same nanosecond are in the order of their file; one that goes on where a file with a limit ended came later.
 */
function bars(table: string, start: string): string {
  const prices = '(pg_catalog.array_agg(price order by ts_recv, ts_recv_ns, chunk_id, ordinal))';
  return `
    select publisher_id, instrument_id, ${start} as ts_event,
           ${prices}[1] as open, pg_catalog.max(price) as high, pg_catalog.min(price) as low,
           ${prices}[pg_catalog.count(*)::integer] as close,
           coalesce(pg_catalog.sum(size), 0)::bigint as volume, symbol, dataset
      from ${table}
     where action = 'T' and price is not null
     group by publisher_id, instrument_id, ${start}, symbol, dataset`;
}
