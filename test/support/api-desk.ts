import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { createTickloom, type ApiRequest, type IngestRequest, type RunReport, type Tickloom } from '../../src/index.js';
import { STAND_IN_KEY, startGateway, type Gateway, type GatewayOptions } from '../../src/testing/gateway/index.js';
import { exportDatabase } from './export-database.js';
import { CliSandbox, type CliOptions, type CliResult } from './run-cli.js';

/** What a request spent, by the service's own books. */
export interface Billed {
  readonly bytes: number;
  readonly usd: number;
  /** Of timeseries.get_range. */
  readonly requests: number;
}

/**
 * A place to buy at: a stand-in gateway, a database of its own, a working folder with an archive; reached through the
 * command line or through `createTickloom`, both at the same database and archive.
 */
export class ApiDesk {
  readonly #opened: Tickloom[] = [];

  private constructor(
    readonly gateway: Gateway,
    readonly sandbox: CliSandbox,
    private database: { url: string; client: pg.Client },
  ) {}

  static async open(options: GatewayOptions): Promise<ApiDesk> {
    const [gateway, sandbox, database] = await Promise.all([
      startGateway(options),
      CliSandbox.create(),
      connectedDatabase(),
    ]);
    return new ApiDesk(gateway, sandbox, database);
  }

  get url(): string {
    return this.database.url;
  }

  get client(): pg.Client {
    return this.database.client;
  }

  get archive(): string {
    return join(this.sandbox.cwd, '.tickloom/archive');
  }

  get env(): Record<string, string> {
    return { DATABASE_URL: this.url, DATABENTO_GATEWAY: this.gateway.url, DATABENTO_API_KEY: STAND_IN_KEY };
  }

  /** Runs the command line, at this gateway and database unless the environment given says otherwise. */
  run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return this.sandbox.run(args, { ...options, env: { ...this.env, ...options.env } });
  }

  tickloom(): Tickloom {
    const [opened] = this.#opened;
    if (opened !== undefined) return opened;
    const { url: database, archive, env } = this;
    const made = createTickloom({ database, archive, env });
    this.#opened.push(made);
    return made;
  }

  /** Through `createTickloom`, with a yes to any cost. */
  ingest(request: Partial<ApiRequest>, more: Partial<IngestRequest> = {}): Promise<RunReport> {
    const base = { api: 'databento', dataset: 'GLBX.MDP3', schemas: ['trades'], symbols: ['ES.c.0'], start: '' };
    return this.tickloom().ingest({ paths: [], request: { ...base, ...request }, spending: { yes: true }, ...more });
  }

  /** What something bought. */
  async billed(work: () => Promise<unknown>): Promise<Billed> {
    const before = this.gateway.bill;
    await work();
    const after = this.gateway.bill;
    const requests = (bill: typeof after): number => bill.requests['timeseries.get_range'] ?? 0;
    return {
      bytes: after.bytes - before.bytes,
      usd: after.usd - before.usd,
      requests: requests(after) - requests(before),
    };
  }

  async rows<R extends Record<string, unknown>>(sql: string): Promise<R[]> {
    return (await this.client.query<R>(sql)).rows;
  }

  /** Loses the database; gateway and archive stay. */
  async replaceDatabase(): Promise<void> {
    await this.#closeDatabase();
    this.database = await connectedDatabase();
  }

  /** Loses what was bought. */
  forgetArchive(): Promise<void> {
    return rm(this.archive, { recursive: true, force: true });
  }

  async close(): Promise<void> {
    await this.#closeDatabase();
    await this.sandbox.remove();
    await this.gateway.close();
  }

  async #closeDatabase(): Promise<void> {
    for (const tickloom of this.#opened.splice(0)) await tickloom.close();
    await this.client.end();
  }
}

async function connectedDatabase(): Promise<{ url: string; client: pg.Client }> {
  const url = await exportDatabase(18);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('set search_path = tickloom');
  return { url, client };
}
