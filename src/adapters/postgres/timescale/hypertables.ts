import type { Session } from '../connection/session.js';

/** A hypertable of ours, as the extension's views have it. */
export interface Hypertable {
  readonly name: string;
  readonly partitions: number;
  /** True once its partitions may be compressed. */
  readonly compresses: boolean;
}

/** The hypertables of a Postgres schema; none where the server has no TimescaleDB. */
export async function readHypertables(session: Session, dbSchema: string): Promise<Hypertable[]> {
  const { there } = await session.row<{ there: boolean }>(
    `select to_regclass('timescaledb_information.hypertables') is not null as there`,
  );
  if (!there) return [];
  const rows = await session.rows<{ name: string; partitions: string; compresses: boolean }>(
    `select hypertable_name as name, num_chunks as partitions, compression_enabled as compresses
       from timescaledb_information.hypertables where hypertable_schema = $1 order by 1`,
    [dbSchema],
  );
  return rows.map((row) => ({ ...row, partitions: Number(row.partitions) }));
}
