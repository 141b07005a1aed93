import type {
  QuarantinedRecord,
  QuarantineEntry,
  QuarantineFilter,
  QuarantineStore,
} from '../../../core/quarantine/quarantine-store.js';
import type { Database } from '../connection/database.js';

/** What a list shows when nobody says how much. */
const DEFAULT_LIMIT = 1000;

interface EntryRow extends Record<string, unknown>, Omit<QuarantineEntry, 'id' | 'chunk_id' | 'ordinal'> {
  readonly id: string;
  readonly chunk_id: string;
  readonly ordinal: string;
}

type RecordRow = EntryRow & Pick<QuarantinedRecord, 'dbn_version' | 'ts_out'> & { readonly record: Buffer };

/** The table `quarantine`, read. */
export class PostgresQuarantineStore implements QuarantineStore {
  constructor(private readonly database: Database) {}

  async list(filter: QuarantineFilter): Promise<QuarantineEntry[]> {
    const rows = await this.#rows<EntryRow>(
      `select ${ENTRY_COLUMNS} ${this.#from()}
        where ($1::text is null or c.dataset = $1) and ($2::text is null or q.schema = $2)
          and ($3::text is null or q.state = $3) and ($4::bigint is null or q.chunk_id = $4)
          and ($6::text is null or q.plugin = $6)
        order by q.quarantine_id limit $5`,
      [
        filter.dataset ?? null,
        filter.schema ?? null,
        filter.state ?? null,
        filter.chunkId ?? null,
        filter.limit ?? DEFAULT_LIMIT,
        filter.plugin ?? null,
      ],
    );
    return rows.map(entry);
  }

  async show(id: number): Promise<QuarantinedRecord | undefined> {
    const [row] = await this.#rows<RecordRow>(
      `select ${ENTRY_COLUMNS}, q.record, c.dbn_version, c.ts_out ${this.#from()} where q.quarantine_id = $1`,
      [id],
    );
    if (row === undefined) return undefined;
    const { record, dbn_version, ts_out, ...rest } = row;
    return { ...entry(rest), record, dbn_version, ts_out };
  }

  #from(): string {
    return `from ${this.database.table('quarantine')} q join ${this.database.table('chunks')} c using (chunk_id)`;
  }

  async #rows<R extends Record<string, unknown>>(sql: string, values: readonly unknown[]): Promise<R[]> {
    return this.database.withSession((session) => session.rows<R>(sql, values), { doing: 'reading the quarantine' });
  }
}

const ENTRY_COLUMNS = `q.quarantine_id as id, q.chunk_id, q.ordinal, c.dataset, q.schema, q.plugin, q.plugin_version,
  q.state, q.reasons, q.drop_reason, c.source`;

function entry(row: EntryRow): QuarantineEntry {
  return { ...row, id: Number(row.id), chunk_id: Number(row.chunk_id), ordinal: Number(row.ordinal) };
}
