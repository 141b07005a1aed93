import { Digest } from '../../../core/digest/digest.js';
import { entryHasher, HASHED_ENTRY_COLUMNS } from '../../../core/digest/hashers.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type {
  EntrySelection,
  ReplayChunk,
  ReplayEntry,
  ReplaySettlement,
  ReplayTransaction,
  StoredMapping,
} from '../../../core/quarantine/replay-store.js';
import type { RejectionReason } from '../../../core/quarantine/rejection.js';
import { addCounts, noSymbols, type SymbolCounts } from '../../../core/report/counts.js';
import type { PluginVersion } from '../../../core/sink/sink.js';
import { FIRST_DAY, LAST_DAY } from '../../../core/symbology/instrument-mapping.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { BinaryTuple } from '../sink/binary-tuple.js';
import { SELECTED, selectionValues } from './entry-selection.js';
import { ReplayedRows } from './replayed-rows.js';

interface EntryRow extends Record<string, unknown> {
  readonly id: string;
  readonly ordinal: string;
  readonly schema: string;
  readonly instrument_id: string;
  readonly record: Buffer;
}

interface MappingRow extends Record<string, unknown> {
  readonly stype_in: string;
  readonly symbol: string;
  readonly instrument_id: string;
  readonly start: number;
  readonly end: number;
}

interface LedgerRow extends Record<string, unknown> {
  readonly row_digest: string | null;
  readonly quarantine_digest: string | null;
  readonly symbols: SymbolCounts | null;
  readonly plugins: readonly PluginVersion[];
}

const ENTRY_HASHER = entryHasher(HASHED_ENTRY_COLUMNS);

/** Entries of one chunk on their way into its rows; the chunk's row of the ledger is locked. */
export class PostgresReplay implements ReplayTransaction {
  readonly #quarantine: string;
  readonly #chunks: string;
  readonly #rows = new Map<string, ReplayedRows>();
  readonly #entryDigest = new Digest();
  readonly #plugins = new Map<string, PluginVersion>();
  #accepted = 0;

  constructor(
    private readonly session: Session,
    private readonly database: Database,
    readonly chunk: ReplayChunk,
    private readonly selection: EntrySelection,
  ) {
    this.#quarantine = database.table('quarantine');
    this.#chunks = database.table('chunks');
  }

  async entries(behind: number, limit: number): Promise<ReplayEntry[]> {
    const rows = await this.session.rows<EntryRow>(
      `select q.quarantine_id as id, q.ordinal, q.schema, q.instrument_id, q.record
         from ${this.#quarantine} q join ${this.#chunks} c on c.chunk_id = q.chunk_id
        where ${SELECTED} and q.ordinal > $6 order by q.ordinal limit $7 for update of q`,
      [...selectionValues(this.selection), behind, limit],
    );
    return rows.map(({ id, ordinal, schema, instrument_id, record }) => ({
      id: Number(id),
      ordinal: Number(ordinal),
      schema,
      instrumentId: Number(instrument_id),
      record,
    }));
  }

  async mappings(instrumentIds: readonly number[]): Promise<StoredMapping[]> {
    const day = (column: string, infinity: string, bound: number): string =>
      `case when ${column} = '${infinity}' then ${bound} else ${column} - date '1970-01-01' end`;
    const rows = await this.session.rows<MappingRow>(
      `select stype_in, symbol, instrument_id, ${day('start_date', '-infinity', FIRST_DAY)} as start,
              ${day('end_date', 'infinity', LAST_DAY)} as end
         from ${this.database.table('symbology')} where dataset = $1 and instrument_id = any ($2::bigint[])
        order by start_date, symbol`,
      [this.chunk.dataset, instrumentIds],
    );
    return rows.map(({ stype_in, symbol, instrument_id, start, end }) => ({
      stypeIn: stype_in,
      symbol,
      instrumentId: Number(instrument_id),
      start,
      end,
    }));
  }

  async accept(
    table: TableSpec,
    tuples: Uint8Array,
    entries: readonly ReplayEntry[],
    plugin: PluginVersion,
  ): Promise<void> {
    let rows = this.#rows.get(table.name);
    if (rows === undefined) {
      rows = new ReplayedRows(this.session, this.database, table, this.chunk);
      this.#rows.set(table.name, rows);
    }
    await rows.write(tuples, entries.length);
    for (const { ordinal, schema, record } of entries) {
      const tuple = new BinaryTuple(HASHED_ENTRY_COLUMNS.length).int8(ordinal).text(schema).bytes(record).build();
      ENTRY_HASHER.addTuples(this.#entryDigest, tuple, 1);
    }
    await this.session.query(
      `update ${this.#quarantine}
          set state = 'replayed', settled_at = clock_timestamp(), plugin = $2, plugin_version = $3
        where quarantine_id = any ($1::bigint[])`,
      [entries.map(({ id }) => id), plugin.name, plugin.version],
    );
    this.#plugins.set(`${plugin.name} ${plugin.version}`, plugin);
    this.#accepted += entries.length;
  }

  async reject(
    rejections: readonly { readonly entry: ReplayEntry; readonly reasons: readonly RejectionReason[] }[],
    plugin: PluginVersion,
  ): Promise<void> {
    await this.session.query(
      `update ${this.#quarantine} q set reasons = r.reasons, plugin = $3, plugin_version = $4
         from unnest($1::bigint[], $2::jsonb[]) r (id, reasons) where q.quarantine_id = r.id`,
      [
        rejections.map(({ entry }) => entry.id),
        rejections.map(({ reasons }) => JSON.stringify(reasons)),
        plugin.name,
        plugin.version,
      ],
    );
  }

  async settle(symbols: SymbolCounts): Promise<ReplaySettlement> {
    const rowDigest = new Digest();
    let loaded = 0;
    for (const rows of this.#rows.values()) {
      const kept = await rows.moveIn();
      loaded += kept.rows;
      rowDigest.add(kept.digest);
    }
    const alreadyLoaded = this.#accepted - loaded;
    if (this.#accepted > 0) await this.#amendLedger({ loaded, alreadyLoaded }, rowDigest, symbols);
    return { loaded, alreadyLoaded };
  }

  async commit(): Promise<void> {
    await this.session.query('commit');
    this.session.release();
  }

  async rollback(): Promise<void> {
    this.session.release({ discard: true });
  }

  async #amendLedger(
    { loaded, alreadyLoaded }: ReplaySettlement,
    rowDigest: Digest,
    symbols: SymbolCounts,
  ): Promise<void> {
    const { chunkId } = this.chunk;
    const held = await this.session.row<LedgerRow>(
      `select row_digest, quarantine_digest, symbols, plugins from ${this.#chunks} where chunk_id = $1`,
      [chunkId],
    );
    const known = new Set(held.plugins.map(({ name, version }) => `${name} ${version}`));
    const added = [...this.#plugins].filter(([key]) => !known.has(key)).map(([, plugin]) => plugin);
    await this.session.query(
      `update ${this.#chunks}
          set loaded = loaded + $2, already_loaded = already_loaded + $3, quarantined = quarantined - $4,
              row_digest = $5, quarantine_digest = $6, symbols = $7, plugins = $8
        where chunk_id = $1`,
      [
        chunkId,
        loaded,
        alreadyLoaded,
        this.#accepted,
        held.row_digest && String(Digest.parse(held.row_digest).add(rowDigest)),
        held.quarantine_digest && String(Digest.parse(held.quarantine_digest).subtract(this.#entryDigest)),
        JSON.stringify(addCounts({ ...noSymbols(), ...held.symbols }, symbols)),
        JSON.stringify([...held.plugins, ...added]),
      ],
    );
  }
}
