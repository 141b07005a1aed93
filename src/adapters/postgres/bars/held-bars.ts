import { BAR_LENGTHS, type BarLength } from '../../../core/storage/bar-length.js';
import type { Session } from '../connection/session.js';
import { barsName } from './bar-sql.js';

/** Bars of one length. */
export interface BarsView {
  readonly length: BarLength;
  /** Of the view, without the Postgres schema. */
  readonly name: string;
  readonly kind: BarsKind;
}

/** Bars that are there, or what has their name. */
export interface HeldBars extends Omit<BarsView, 'kind'> {
  readonly kind: BarsKind | 'something else';
}

/** `view`: made anew for each question. `continuous aggregate`: kept by TimescaleDB. */
export type BarsKind = 'view' | 'continuous aggregate';

/** What stands in the db schema under the names of bars, the shortest first. */
export async function readBars(session: Session, dbSchema: string): Promise<HeldBars[]> {
  const { there } = await session.row<{ there: boolean }>(
    `select to_regclass('timescaledb_information.continuous_aggregates') is not null as there`,
  );
  const aggregate = there
    ? `exists (select from timescaledb_information.continuous_aggregates a
                where a.view_schema = n.nspname and a.view_name = c.relname)`
    : 'false';
  const rows = await session.rows<{ name: string; kind: HeldBars['kind'] }>(
    `select c.relname as name,
            case when ${aggregate} then 'continuous aggregate' when c.relkind = 'v' then 'view'
                 else 'something else' end as kind
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = any ($2)`,
    [dbSchema, BAR_LENGTHS.map(barsName)],
  );
  return BAR_LENGTHS.flatMap((length) => {
    const name = barsName(length);
    const kind = rows.find((row) => row.name === name)?.kind;
    return kind === undefined ? [] : [{ length, name, kind }];
  });
}
