import { TickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import { chunkIntervalOf } from '../../../core/storage/chunk-interval.js';
import type { StorageKind } from '../../../core/storage/storage-kind.js';
import type { Session } from '../connection/session.js';
import { describeTimescale, readTimescale, type Timescale, type TimescaleState } from './extension.js';
import { refuseHiddenRows } from './hidden-rows.js';
import { createHypertable } from './hypertable-sql.js';

/** How data tables are to be kept. */
export interface StorageOptions {
  readonly kind: StorageKind;
  /** Seconds that one partition spans, by schema, where they are not the default. */
  readonly chunkIntervals?: ReadonlyMap<string, number>;
}

/** Decides how new tables of one database are kept. */
export class TableStorage {
  #state: TimescaleState | undefined;

  constructor(
    private readonly dbSchema: string,
    readonly options: StorageOptions,
  ) {}

  /** @throws STORAGE_UNAVAILABLE when hypertables are demanded and cannot be had, or are there and cannot be read */
  async check(session: Session): Promise<void> {
    await refuseHiddenRows(session, this.dbSchema);
    if (this.options.kind === 'timescale') await this.timescale(session);
  }

  /** @returns `null` for plain tables. @throws STORAGE_UNAVAILABLE */
  async timescale(session: Session): Promise<Timescale | null> {
    if (this.options.kind === 'plain') return null;
    this.#state ??= await readTimescale(session);
    return timescaleFor(this.options.kind, this.#state);
  }

  /** What makes a table that was just created what it is to be. */
  async statements(session: Session, table: TableSpec): Promise<string[]> {
    const timescale = await this.timescale(session);
    return timescale === null ? [] : [this.hypertable(timescale, table)];
  }

  hypertable(timescale: Timescale, table: TableSpec, how?: { readonly migrateData: boolean }): string {
    const seconds = chunkIntervalOf(table.schema, this.options.chunkIntervals);
    return createHypertable(timescale, this.dbSchema, table, { seconds, ...how });
  }
}

/** @throws STORAGE_UNAVAILABLE when hypertables are demanded and cannot be had */
export function timescaleFor(kind: StorageKind, state: TimescaleState): Timescale | null {
  if (kind === 'plain') return null;
  if (state.kind === 'usable') return state.timescale;
  if (kind === 'auto') return null;
  throw new TickloomError('STORAGE_UNAVAILABLE', `storage "timescale" cannot be had: ${state.reason}`, {
    hint: state.hint,
    context: { storage: kind },
  });
}

/** What was asked for, and what the database has. */
export interface StorageState {
  readonly asked: StorageKind;
  readonly state: TimescaleState;
}

/** How new tables are kept, and what there is to say about it. */
export function describeStorage({ asked, state }: StorageState): {
  readonly kind: 'plain' | 'timescale';
  readonly detail: string;
} {
  const kind = state.kind === 'usable' && asked !== 'plain' ? 'timescale' : 'plain';
  return { kind, detail: describeTimescale(state) };
}
