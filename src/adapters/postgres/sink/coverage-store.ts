import type { SymbologyInterval } from '../../../core/symbology/symbology-interval.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { takeTransactionLock } from './transaction-lock.js';
import type { CoverageRow } from './claim-keys.js';

/**
 * Unites what a chunk covers with what is covered. Others may do so at the same time: a row is united with its newest
 * state, and all go through the rows in the same order.
 */
export async function addCoverage(
  session: Session,
  database: Database,
  of: { readonly dataset: string; readonly schema: string },
  rows: readonly CoverageRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await session.query(
    `insert into ${database.table('coverage')} as held (dataset, schema, stype_in, symbol, intervals)
     select $1::text, $2::text, asked.*
       from unnest($3::text[], $4::text[], $5::int8multirange[]) asked (stype_in, symbol, intervals)
      order by asked.stype_in collate "C", asked.symbol collate "C"
     on conflict (dataset, schema, stype_in, symbol) do update set intervals = held.intervals + excluded.intervals
      where not held.intervals @> excluded.intervals`,
    [
      of.dataset,
      of.schema,
      rows.map(({ stypeIn }) => stypeIn),
      rows.map(({ symbol }) => symbol),
      rows.map(({ intervals }) => intervals),
    ],
  );
}

/** Whether all that a chunk covers is covered already. */
export async function coverageHolds(
  session: Session,
  database: Database,
  of: { readonly dataset: string; readonly schema: string },
  rows: readonly CoverageRow[],
): Promise<boolean> {
  const { held } = await session.row<{ held: boolean }>(
    `select not exists (
       select from unnest($3::text[], $4::text[], $5::int8multirange[]) asked (stype_in, symbol, intervals)
        where not exists (
          select from ${database.table('coverage')} c
           where c.dataset = $1 and c.schema = $2 and c.stype_in = asked.stype_in and c.symbol = asked.symbol
             and c.intervals @> asked.intervals)) as held`,
    [
      of.dataset,
      of.schema,
      rows.map(({ stypeIn }) => stypeIn),
      rows.map(({ symbol }) => symbol),
      rows.map(({ intervals }) => intervals),
    ],
  );
  return held;
}

/**
 * Adds intervals to the symbology table. Those of one key that touch or overlap become one row, also with those that
 * chunks of other schemas add at the same time: they wait for each other here, shortly before they commit.
 */
export async function addSymbology(
  session: Session,
  database: Database,
  intervals: readonly SymbologyInterval[],
): Promise<void> {
  const datasets = [...new Set(intervals.map(({ dataset }) => dataset))].sort();
  for (const dataset of datasets) await takeTransactionLock(session, database, `symbology ${dataset}`);
  if (intervals.length === 0) return;
  const table = database.table('symbology');
  const sameKey = `s.dataset = f.dataset and s.stype_in = f.stype_in and s.symbol = f.symbol
    and s.instrument_id = f.instrument_id`;
  // One statement: what is put in is made of all that is taken out, so that comes first.
  await session.query(
    `with fresh as materialized (
       select f.* from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::date[], $6::date[])
              f (dataset, stype_in, symbol, instrument_id, start_date, end_date)
        where f.start_date < f.end_date and not exists (
          select from ${table} s where ${sameKey} and s.start_date <= f.start_date and s.end_date >= f.end_date)
     ), touching as (
       delete from ${table} s using fresh f
        where ${sameKey} and s.start_date <= f.end_date and s.end_date >= f.start_date
       returning s.dataset, s.stype_in, s.symbol, s.instrument_id, s.start_date, s.end_date
     )
     insert into ${table} (dataset, stype_in, symbol, instrument_id, start_date, end_date)
     select dataset, stype_in, symbol, instrument_id, lower(part), upper(part)
       from (select dataset, stype_in, symbol, instrument_id, range_agg(daterange(start_date, end_date)) as parts
               from (select * from fresh union all select * from touching) pieces
              group by dataset, stype_in, symbol, instrument_id) merged, unnest(parts) part`,
    [
      intervals.map(({ dataset }) => dataset),
      intervals.map(({ stypeIn }) => stypeIn),
      intervals.map(({ symbol }) => symbol),
      intervals.map(({ instrumentId }) => instrumentId),
      intervals.map(({ startDate }) => startDate),
      intervals.map(({ endDate }) => endDate),
    ],
  );
}
