import { createHash, randomUUID } from 'node:crypto';
import { resolveConnectionSettings } from '../../src/adapters/postgres/connection/connection-settings.js';
import { Database, type DatabaseOptions } from '../../src/adapters/postgres/connection/database.js';
import { Migrator } from '../../src/adapters/postgres/migrations/migrator.js';
import { PostgresLedger } from '../../src/adapters/postgres/ledger/postgres-ledger.js';
import { PostgresSink } from '../../src/adapters/postgres/sink/postgres-sink.js';
import type { CoverageClaim } from '../../src/core/coverage/coverage-claim.js';
import type { TableSpec } from '../../src/core/model/model-spec.js';
import type { Rejection } from '../../src/core/quarantine/rejection.js';
import { noSymbols, type SymbolCounts } from '../../src/core/report/counts.js';
import type { BeginOptions, ChunkHead, ChunkLoad, Settlement } from '../../src/core/sink/sink.js';
import type { ChunkOrigin } from '../../src/core/source/source.js';
import type { SymbologyInterval } from '../../src/core/symbology/symbology-interval.js';
import { type TestValue, testTable, tuple } from './copy-tuples.js';
import { createDatabase, type TestDatabase, type TestPostgresVersion } from './postgres-server.js';

export const DATASET = 'TEST.SET';
export const DAY = 86_400_000_000_000n;
/** Midnight of a day in March 2024 in ns: `march(1)` is 2024-03-01. */
export const march = (day: number): bigint => BigInt(Date.UTC(2024, 2, day)) * 1_000_000n;

export interface TestRow {
  readonly at: bigint;
  readonly id?: number;
  readonly price?: string | null;
  readonly size?: number;
  readonly symbol?: string;
  readonly old_price?: string | null;
  /** Makes it a rejected record with these bytes instead of a row. */
  readonly rejected?: string;
}

export interface TestChunk {
  readonly rows: readonly TestRow[];
  readonly claim?: Partial<CoverageClaim> | null;
  /** The claim when the stream is read; default: the same. */
  readonly tailClaim?: Partial<CoverageClaim> | null;
  readonly source?: string;
  readonly schema?: string;
  readonly version?: 1 | 2 | 3;
  readonly force?: boolean;
  readonly confirmEmpty?: boolean;
  readonly header?: string | null;
  /** Stands for the bytes; default: from rows, claim and header. */
  readonly content?: string;
  readonly symbols?: Partial<SymbolCounts>;
  readonly symbology?: readonly SymbologyInterval[];
  readonly seen?: { readonly first: bigint; readonly last: bigint };
  /** Instruments of rows that the claim does not name, all on the day of the first row; default: not said. */
  readonly unnamed?: readonly number[];
  readonly unsupported?: number;
  readonly control?: number;
  readonly origin?: ChunkOrigin;
}

/** A claim of instrument 1, asked for as raw symbol A1, over the whole of some days. */
export function claim(from: bigint, to: bigint, more: Partial<CoverageClaim> = {}): CoverageClaim {
  return {
    dataset: DATASET,
    schema: 'trades',
    asks: [{ stypeIn: 'raw_symbol', symbol: 'A1' }],
    range: { start: from, end: to },
    instruments: [
      { instrumentId: 1, ranges: [{ start: from - (from % DAY), end: to + DAY - 1n - ((to - 1n) % DAY) }] },
    ],
    alias: false,
    tail: null,
    ...more,
  };
}

/** A migrated database of its own with the sink in front, fed by a test. */
export class SinkHarness {
  readonly runId = randomUUID();
  readonly sink: PostgresSink;
  readonly ledger: PostgresLedger;
  readonly #loads: ChunkLoad[] = [];

  private constructor(
    readonly database: Database,
    readonly testDatabase: TestDatabase | null,
    readonly table: TableSpec,
  ) {
    this.sink = new PostgresSink(database);
    this.ledger = new PostgresLedger(database);
  }

  static async create(
    options: { version?: TestPostgresVersion; url?: string; database?: Partial<DatabaseOptions> } = {},
  ): Promise<SinkHarness> {
    const testDatabase = options.url === undefined ? await createDatabase({ version: options.version ?? 18 }) : null;
    const url = options.url ?? testDatabase?.url;
    const settings = resolveConnectionSettings(url, {});
    if (settings === undefined) throw new Error('the test has no database');
    const database = new Database(settings, { dbSchema: 'tick', ...options.database });
    const table = testTable();
    await new Migrator(database, { index: 'brin', storage: { kind: 'auto' }, plugins: testPlugins(table) }).migrate();
    const harness = new SinkHarness(database, testDatabase, table);
    await harness.ledger.startRun({
      runId: harness.runId,
      command: 'ingest test',
      tickloomVersion: '0.0.0',
      startedAt: new Date(),
    });
    return harness;
  }

  async begin(chunk: TestChunk, options?: BeginOptions): Promise<ChunkLoad> {
    const load = await this.sink.beginChunk(this.head(chunk), options);
    this.#loads.push(load);
    return load;
  }

  head(chunk: TestChunk): ChunkHead {
    const header =
      chunk.header === null ? null : Buffer.from(chunk.header ?? JSON.stringify(chunk.claim, bigints) ?? 'h');
    const whole = chunk.claim && claim(0n, 0n, chunk.claim);
    return {
      runId: this.runId,
      source: chunk.source ?? 'test.dbn',
      ...(chunk.origin === undefined ? {} : { origin: chunk.origin }),
      dataset: DATASET,
      schema: chunk.schema ?? 'trades',
      version: chunk.version ?? 3,
      tsOut: false,
      header,
      start: whole?.range.start ?? null,
      end: whole?.range.end ?? null,
      claim: whole ?? null,
      alias: whole?.alias ?? false,
      tables: [this.table],
      force: chunk.force ?? false,
      confirmEmpty: chunk.confirmEmpty ?? false,
    };
  }

  /** @param from ordinal of the first row */
  async fill(load: ChunkLoad, chunk: Pick<TestChunk, 'rows'>, from = 0): Promise<void> {
    const rows = [...chunk.rows.entries()].filter(([, row]) => row.rejected === undefined);
    const tuples = rows.map(([ordinal, row]) => tuple(this.table, this.values(row, from + ordinal, load.chunkId)));
    if (rows.length > 0) await load.write(this.table, Buffer.concat(tuples), rows.length);
    const rejections = [...chunk.rows.entries()].filter(([, row]) => row.rejected !== undefined);
    if (rejections.length > 0)
      await load.quarantine(rejections.map(([ordinal, row]) => rejection(row, from + ordinal)));
  }

  /** The columns of a row, for `tuple`. */
  values(row: TestRow, ordinal: number, chunkId: number): Record<string, TestValue> {
    return {
      instrument_id: row.id ?? 1,
      ts_recv: row.at,
      price: row.price === undefined ? '1.5' : row.price,
      size: row.size ?? 1,
      side: 'B',
      note: '',
      old_price: row.old_price ?? null,
      symbol: row.symbol ?? `A${row.id ?? 1}`,
      dataset: DATASET,
      chunk_id: chunkId,
      ordinal,
    };
  }

  async settle(load: ChunkLoad, chunk: TestChunk): Promise<Settlement> {
    const tailClaim = chunk.tailClaim === undefined ? chunk.claim : chunk.tailClaim;
    const content = chunk.content ?? JSON.stringify([chunk.rows, chunk.claim, chunk.header], bigints);
    const passedOver = (chunk.control ?? 0) + (chunk.unsupported ?? 0);
    return load.settle({
      contentSha256: createHash('sha256').update(content).digest('hex'),
      contentBytes: content.length,
      sourceBytes: content.length,
      claim: tailClaim ? claim(0n, 0n, tailClaim) : null,
      decoded: chunk.rows.length + passedOver,
      control: chunk.control ?? 0,
      unsupported: chunk.unsupported ?? 0,
      symbols: { ...noSymbols(), mapped: chunk.rows.length, ...chunk.symbols },
      symbology: chunk.symbology ?? [],
      ...(chunk.seen === undefined ? {} : { seen: chunk.seen }),
      ...(chunk.unnamed === undefined ? {} : { unnamedDays: unnamedDays(chunk), unnamedSymbols: [] }),
    });
  }

  /** Loads a chunk from beginning to end, rolled back when something is wrong. */
  async load(chunk: TestChunk): Promise<Settlement & { readonly chunkId: number }> {
    const load = await this.begin(chunk);
    try {
      await this.fill(load, chunk);
      const settlement = await this.settle(load, chunk);
      await load.commit();
      return { ...settlement, chunkId: load.chunkId };
    } catch (error) {
      await load.rollback();
      throw error;
    }
  }

  async rows<R extends Record<string, unknown>>(sql: string): Promise<R[]> {
    return this.database.withSession(async (session) => {
      await session.query('set search_path = tick');
      try {
        return await session.rows<R>(sql);
      } finally {
        await session.query(`set search_path = ''`);
      }
    });
  }

  /** The rows held, as `instrument price size`, in order of time. */
  async held(): Promise<string[]> {
    const rows = await this.rows<{ text: string }>(
      `select instrument_id || ' ' || coalesce(price::text, 'null') || ' ' || size as text from trades
        order by ts_recv, ts_recv_ns, instrument_id, price, size`,
    );
    return rows.map(({ text }) => text);
  }

  async close(): Promise<void> {
    // A test that failed in the middle of a load still has its connection.
    for (const load of this.#loads) await load.rollback();
    await this.database.close();
    await this.testDatabase?.drop();
  }
}

export function testPlugins(...tables: TableSpec[]) {
  return [{ plugin: 'test', version: '1.0.0', tables }];
}

function unnamedDays({ rows, unnamed = [] }: TestChunk): { instrumentId: number; day: number }[] {
  return unnamed.map((instrumentId) => ({ instrumentId, day: Number((rows[0]?.at ?? 0n) / DAY) }));
}

function rejection(row: TestRow, ordinal: number): Rejection {
  return {
    ordinal,
    schema: 'trades',
    plugin: 'test',
    pluginVersion: '1.0.0',
    bytes: Buffer.from(row.rejected ?? ''),
    reasons: [{ code: 'price-out-of-range', field: 'price', message: 'expected a price, found "x"' }],
    instrumentId: row.id ?? 1,
    indexTimestamp: row.at < 0n ? null : row.at,
  };
}

function bigints(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
