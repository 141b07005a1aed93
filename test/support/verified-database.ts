import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import {
  createTickloom,
  type RunReport,
  type Tickloom,
  type TickloomOptions,
  type VerifyReport,
} from '../../src/index.js';
import { createExportDatabase } from './export-database.js';
import type { TestDatabase, TestPostgresVersion } from './postgres-server.js';

/** A database of its own with a Tickloom on it, a folder of files, and a connection to do damage with. */
export class VerifiedDatabase {
  readonly #opened: Tickloom[] = [];

  private constructor(
    readonly folder: string,
    private readonly database: TestDatabase,
    private readonly client: pg.Client,
    readonly tickloom: Tickloom,
  ) {}

  static async create(version: TestPostgresVersion = 18, options: TickloomOptions = {}): Promise<VerifiedDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-verify-'));
    const database = await createExportDatabase(version);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('set search_path = tickloom');
    const tickloom = createTickloom({ database: database.url, ...options });
    return new VerifiedDatabase(folder, database, client, tickloom);
  }

  get url(): string {
    return this.database.url;
  }

  /** Another Tickloom on the same database, say with other plugins. */
  open(options: TickloomOptions): Tickloom {
    const tickloom = createTickloom({ database: this.url, ...options });
    this.#opened.push(tickloom);
    return tickloom;
  }

  async file(name: string, bytes: Uint8Array): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, bytes);
    return path;
  }

  /** @returns the report, and the id of its first chunk */
  async ingest(
    name: string,
    bytes: Uint8Array,
    more: Partial<Parameters<Tickloom['ingest']>[0]> = {},
    tickloom: Tickloom = this.tickloom,
  ): Promise<{ report: RunReport; chunk: number }> {
    const report = await tickloom.ingest({ paths: [await this.file(name, bytes)], ...more });
    expect(report.details[0]?.error ?? null).to.equal(null);
    return { report, chunk: report.details[0]?.chunk_id as number };
  }

  async rows<R extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<R[]> {
    return (await this.client.query<R>(sql, values)).rows;
  }

  /** Nothing differs, from the ledger and from the files. */
  async expectSound(): Promise<VerifyReport> {
    const report = await this.tickloom.verify({ deep: true });
    expect(report.details.flatMap(({ differences }) => differences)).to.deep.equal([]);
    expect(report.differences).to.deep.equal([]);
    expect(report.status).to.equal('ok');
    return report;
  }

  async close(): Promise<void> {
    for (const tickloom of [this.tickloom, ...this.#opened]) await tickloom.close();
    await this.client.end();
    await this.database.drop();
    await rm(this.folder, { recursive: true });
  }
}
