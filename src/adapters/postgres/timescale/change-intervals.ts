import type { TableSpec } from '../../../core/model/model-spec.js';
import type { Database } from '../connection/database.js';
import { relationOf, spanLiteral, timescaleFunction } from './hypertable-sql.js';
import { readWidths } from './partitions.js';
import type { TableStorage } from './table-storage.js';

/** A hypertable whose partitions span another time from now on. */
export interface ChangedInterval {
  readonly table: string;
  readonly hours: number;
}

const SECONDS_IN_HOUR = 3_600;

/**
 * Gives hypertables the intervals that were named for their schemas. Partitions that are there stay as they are, and
 * new ones are cut so that they fit between them.
 */
export async function changeIntervals(
  database: Database,
  storage: TableStorage,
  tables: readonly TableSpec[],
  signal?: AbortSignal,
): Promise<ChangedInterval[]> {
  const { chunkIntervals = new Map<string, number>() } = storage.options;
  if (chunkIntervals.size === 0) return [];
  return database.withSession(
    async (session) => {
      const timescale = await storage.timescale(session);
      if (timescale === null) return [];
      const widths = await readWidths(session, database.dbSchema);
      const changed: ChangedInterval[] = [];
      for (const { name, schema } of tables) {
        const seconds = chunkIntervals.get(schema);
        const micros = widths.get(name);
        if (seconds === undefined || micros === undefined || micros === BigInt(seconds) * 1_000_000n) continue;
        const change = timescaleFunction(timescale, 'set_chunk_time_interval');
        await session.query(`select ${change}(${relationOf(database.dbSchema, name)}, ${spanLiteral(seconds)})`);
        changed.push({ table: name, hours: seconds / SECONDS_IN_HOUR });
      }
      return changed;
    },
    { signal, doing: 'changing the intervals of partitions' },
  );
}
