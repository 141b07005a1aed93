import type { ColumnSpec, TableSpec } from '../../../core/model/model-spec.js';
import { formatNanos } from '../../../core/text/format-nanos.js';
import type { ChunkSelection, RangeSelection } from '../../../core/export/export-store.js';
import type { Database } from '../connection/database.js';
import { quoteIdentifier, quoteLiteral } from '../identifiers.js';

const IDENTITY = new Set(['symbol', 'dataset', 'chunk_id', 'ordinal']);

/** The fields of the model: all columns but those that say whose a row is. */
function fieldColumns(table: TableSpec): readonly ColumnSpec[] {
  return table.columns.slice(0, -IDENTITY.size);
}

const listOf = (table: TableSpec, alias: string): string =>
  fieldColumns(table)
    .map(({ name }) => `${alias}.${quoteIdentifier(name)}`)
    .join(', ');

/** The rows `r` of a range with their chunks `c`. COPY takes no parameters, so values stand in the text, quoted. */
export function rangeSource(database: Database, selection: RangeSelection, sides: 'one' | 'both'): string {
  const { table, dataset, symbols, alias, start, end } = selection;
  const time = `r.${quoteIdentifier(table.indexTimestamp)}`;
  const rest = `r.${quoteIdentifier(`${table.indexTimestamp}_ns`)}`;
  const conditions = [
    `c.status = 'loaded'`,
    ...(sides === 'one' ? [`c.alias = ${alias}`] : []),
    ...(dataset === null ? [] : [`r.dataset = ${quoteLiteral(dataset)}`]),
    ...(symbols === null ? [] : [`r.symbol in (${symbols.map(quoteLiteral).join(', ')})`]),
    // the first of the two is what an index serves
    ...(start === null
      ? []
      : [`${time} >= ${micros(start)}`, `(${time} > ${micros(start)} or ${rest} >= ${start % 1000n})`]),
    ...(end === null ? [] : [`${time} <= ${micros(end)}`, `(${time} < ${micros(end)} or ${rest} < ${end % 1000n})`]),
  ];
  return `${database.table(table.name)} r join ${database.table('chunks')} c on c.chunk_id = r.chunk_id
    where ${conditions.join(' and ')}`;
}

const micros = (ns: bigint): string => `timestamptz ${quoteLiteral(formatNanos(ns).replace(/\d{3}Z$/, 'Z'))}`;

/**
 * The rows of a range. Chunks are merged by index timestamp, and none changes its own order for that: a row that is
 * earlier than one before it in its chunk comes when that one does. What lies beyond 2262 comes last.
 */
export function rangeRows(database: Database, selection: RangeSelection, chunks: number): string {
  const { table } = selection;
  const source = rangeSource(database, selection, 'one');
  if (chunks < 2) return `select null::bytea, r.symbol, ${listOf(table, 'r')} from ${source} order by r.ordinal`;
  const time = `r.${quoteIdentifier(table.indexTimestamp)}`;
  const nanos = `case when ${time} < timestamptz '2262-04-11'
    then (extract(epoch from ${time}) * 1000000)::bigint * 1000 + r.${quoteIdentifier(`${table.indexTimestamp}_ns`)}
    else 9223372036854775807 end`;
  return `select null::bytea, m.symbol, ${listOf(table, 'm')} from (
      select r.*, max(${nanos}) over (partition by r.chunk_id order by r.ordinal rows unbounded preceding) as _merge
        from ${source}) m
    order by m._merge, m.chunk_id, m.ordinal`;
}

/** The rows of a chunk, with its open quarantine entries at their places. */
export function chunkRows(database: Database, { table, chunkId }: ChunkSelection): string {
  const nothing = fieldColumns(table)
    .map(({ type }) => `null::${type}`)
    .join(', ');
  return `select w.raw, w.symbol, ${listOf(table, 'w')} from (
      select r.ordinal, null::bytea as raw, r.symbol, ${listOf(table, 'r')}
        from ${database.table(table.name)} r where r.chunk_id = ${chunkId}
      union all
      select q.ordinal, q.record, null::text, ${nothing}
        from ${database.table('quarantine')} q
       where q.chunk_id = ${chunkId} and q.schema = ${quoteLiteral(table.schema)} and q.state = 'open') w
    order by w.ordinal`;
}
