import { type BarsView, readBars } from '../bars/held-bars.js';
import type { Database } from '../connection/database.js';
import { readHypertableSizes } from '../timescale/hypertable-sizes.js';
import type { TableSize } from './table-size.js';

/** Where the database stands, in numbers. */
export interface ServerStatus {
  /** As the server reports it, e.g. `18.4`. */
  readonly serverVersion: string;
  readonly tables: readonly TableSize[];
  /** The shortest first. */
  readonly bars: readonly BarsView[];
}

/** What its rows stand in is not the table itself, and what there is beside them only its own extension knows. */
const UNTOLD = { rows: null, bytes: null, empty: false } as const;

/** The server's version, how large the tables in the db schema are, and which bars it has. Empty before the first migration. */
export async function readServerStatus(database: Database): Promise<ServerStatus> {
  return database.withSession(
    async (session) => {
      const { version } = await session.row<{ version: string }>(`select current_setting('server_version') as version`);
      const tables = await session.rows<{ name: string; rows: string; bytes: string; empty: boolean; parted: boolean }>(
        // Before the first ANALYZE the planner's count is -1, and the statistics collector's is there.
        `select c.relname as name, greatest(c.reltuples, coalesce(s.n_live_tup, 0))::bigint as rows,
                pg_total_relation_size(c.oid) as bytes, pg_relation_size(c.oid) = 0 as empty,
                exists (select from pg_inherits where inhparent = c.oid) as parted
           from pg_class c
           join pg_namespace n on n.oid = c.relnamespace
           left join pg_stat_user_tables s on s.relid = c.oid
          where n.nspname = $1 and c.relkind in ('r', 'p')
          order by c.relname`,
        [database.dbSchema],
      );
      const hypertables = await readHypertableSizes(session, database.dbSchema);
      const held = await readBars(session, database.dbSchema);
      return {
        serverVersion: version.split(' ')[0] ?? version,
        tables: tables.map(({ name, rows, bytes, empty, parted }) => {
          const plain = { name, rows: Number(rows), bytes: Number(bytes), empty, partitions: null };
          return hypertables.get(name) ?? (parted ? { ...plain, ...UNTOLD } : plain);
        }),
        bars: held.filter((bars): bars is BarsView => bars.kind !== 'something else'),
      };
    },
    { doing: 'reading the size of the tables' },
  );
}
