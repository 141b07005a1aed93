import type { Session } from '../connection/session.js';
import { qualify } from '../identifiers.js';
import type { TableSize } from '../status/table-size.js';
import { readTimescale } from './extension.js';

interface SizeRow extends Record<string, unknown> {
  readonly name: string;
  readonly rows: string;
  readonly bytes: string;
  readonly empty: boolean;
  readonly all: string;
  readonly compressed: string;
}

/** The size of each hypertable, its partitions and what is compressed of them included; none without TimescaleDB. */
export async function readHypertableSizes(session: Session, dbSchema: string): Promise<Map<string, TableSize>> {
  const state = await readTimescale(session);
  if (state.kind !== 'usable') return new Map();
  const ofExtension = (name: string): string => qualify(state.timescale.schema, name);
  const rows = await session.rows<SizeRow>(
    `select h.hypertable_name as name, coalesce(${ofExtension('hypertable_size')}(h.relation), 0) as bytes,
            greatest(${ofExtension('approximate_row_count')}(h.relation), p.live)::bigint as rows,
            p.empty, p.all, p.compressed
       from (select *, format('%I.%I', hypertable_schema, hypertable_name)::regclass as relation
               from timescaledb_information.hypertables) h,
            lateral (
              select count(*) as all, count(*) filter (where c.is_compressed) as compressed,
                     coalesce(sum(s.n_live_tup), 0) as live,
                     coalesce(bool_and(not c.is_compressed and pg_relation_size(c.relation) = 0), true) as empty
                from (select *, format('%I.%I', chunk_schema, chunk_name)::regclass as relation
                        from timescaledb_information.chunks) c
                left join pg_stat_all_tables s on s.relid = c.relation
               where c.hypertable_schema = h.hypertable_schema and c.hypertable_name = h.hypertable_name) p
      where h.hypertable_schema = $1`,
    [dbSchema],
  );
  return new Map(
    rows.map(({ name, rows: count, bytes, empty, all, compressed }) => [
      name,
      {
        name,
        rows: Number(count),
        bytes: Number(bytes),
        empty,
        partitions: { all: Number(all), compressed: Number(compressed) },
      },
    ]),
  );
}
