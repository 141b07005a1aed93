import { writeFile, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTickloom, type Tickloom } from '../../src/index.js';
import { Random } from '../../src/core/sample/random.js';
import { builtinRegistry } from '../support/plugin-rows.js';
import { createDatabase } from '../support/postgres-server.js';
import type { Original } from './corpus.js';
import { BYTE_MUTATIONS, DBN_MUTATIONS, mutate } from './mutate.js';
import { plainReading } from './plain-reading.js';

const TABLES = builtinRegistry.list().map(({ table }) => table);

/** Loads inputs into a real database, which is emptied after each. */
export class DatabaseFuzz {
  private constructor(
    private readonly client: pg.Client,
    private readonly tickloom: Tickloom,
    private readonly folder: string,
  ) {}

  static async create(): Promise<DatabaseFuzz> {
    const { url } = await createDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const tickloom = createTickloom({ database: url });
    await tickloom.database.migrate();
    return new DatabaseFuzz(client, tickloom, await mkdtemp(join(tmpdir(), 'tickloom-fuzz-')));
  }

  async close(): Promise<void> {
    await this.tickloom.close();
    await this.client.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @returns `read`, or the code of the error that the chunk failed with */
  async tryOne(corpus: readonly Original[], seed: number, index: number): Promise<string> {
    const random = new Random(seed * 20_000_003 + index);
    const original = corpus[random.below(corpus.length)] as Original;
    const bytes = mutate(original.dbn, random.below(2) === 0 ? BYTE_MUTATIONS : DBN_MUTATIONS, random);
    const path = join(this.folder, 'input.dbn');
    await writeFile(path, bytes);
    const error = await this.#ingest(path);
    if (error === 'INTERNAL' || error === 'INVARIANT') throw new Error(`the chunk failed with ${error}`);
    if (error === null) await this.#compare(bytes);
    await this.client.query(
      `truncate ${[...TABLES.map(({ name }) => name), 'quarantine', 'coverage', 'symbology', 'chunks', 'runs'].map((name) => `tickloom."${name}"`).join(', ')}`,
    );
    return error ?? 'read';
  }

  async #ingest(path: string): Promise<string | null> {
    try {
      const report = await this.tickloom.ingest({ paths: [path] });
      return report.details[0]?.error?.code ?? null;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    }
  }

  /** The rows of all tables, their ordinals, ids, times and symbols, as a plain reading has them. */
  async #compare(bytes: Buffer): Promise<void> {
    const { rows: held } = await this.client.query<{ line: string }>(
      TABLES.map(
        ({ name, indexTimestamp }) =>
          `select concat_ws('|', ordinal, instrument_id, symbol, dataset, (extract(epoch from ${indexTimestamp}) * 1000000)::bigint)
             as line, ordinal from tickloom."${name}"`,
      ).join(' union all ') + ' order by ordinal',
    );
    const { rows, rejected } = plainReading(bytes);
    const expected = [...rows].map(([ordinal, row]) => ({ ordinal, row }));
    const quarantined = await this.client.query('select ordinal from tickloom.quarantine');
    if (held.length !== expected.length || quarantined.rowCount !== rejected.size) {
      throw new Error(
        `${held.length} rows and ${quarantined.rowCount ?? 0} in quarantine; the bytes say ${expected.length} and ${rejected.size}`,
      );
    }
    expected.forEach(({ ordinal, row }, index) => {
      const time = row['ts_recv'] ?? row['ts_event'];
      const symbol = row['symbol'] ?? held[index]?.line.split('|')[2];
      const line = [ordinal, row['instrument_id'], symbol, row['dataset'], time].map(String).join('|');
      if (line !== held[index]?.line)
        throw new Error(`the database holds ${held[index]?.line ?? ''}, the bytes say ${line}`);
    });
  }
}
