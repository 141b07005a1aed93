import pg from 'pg';
import { startTestServer, type TestPostgresVersion, type TestServer } from '../support/postgres-server.js';
import type { CliSandbox } from '../support/run-cli.js';
import { CommandRun } from './command-run.js';
import { delay, withClient } from './snapshot.js';
import type { Stage } from './stage.js';
import { WireProxy } from './wire-proxy.js';

/** Not the superuser: limits do not hold for that one. */
export const ROLE = 'loader';
const TEMPLATE = 'migrated';
const RESTART_ATTEMPTS = 100;

/** A server of the harness's own, which keeps what it has committed when it is killed. */
export class ExternalServer {
  #databases = 0;

  private constructor(
    readonly server: TestServer,
    private readonly sandbox: CliSandbox,
  ) {}

  static async start(sandbox: CliSandbox, version: TestPostgresVersion = 18): Promise<ExternalServer> {
    const server = await startTestServer({
      version,
      settings: {
        synchronous_commit: 'on',
        wal_level: 'replica',
        deadlock_timeout: '100ms',
        restart_after_crash: 'on',
      },
    });
    const external = new ExternalServer(server, sandbox);
    await external.sql(server.url, `create role ${ROLE} login`);
    await external.#create(TEMPLATE, 'template0');
    const stage = await external.#stageOf(TEMPLATE);
    const migrated = await sandbox.run(['db', 'migrate'], { env: { DATABASE_URL: stage.commandUrl } });
    if (migrated.code !== 0) throw new Error(`the migration of the template failed: ${migrated.stderr}`);
    await stage.close();
    return external;
  }

  /** A database of its own, behind a proxy. */
  async stage(options: { readonly empty: boolean; readonly tablespace?: string }): Promise<ExternalStage> {
    const name = `stage_${(this.#databases += 1)}`;
    const tablespace = options.tablespace === undefined ? '' : ` tablespace ${options.tablespace}`;
    await this.#create(name, options.empty ? 'template0' : TEMPLATE, tablespace);
    return this.#stageOf(name);
  }

  async #create(name: string, template: string, tablespace = ''): Promise<void> {
    const { server } = this;
    await this.sql(server.url, `create database ${name} owner ${ROLE} template ${template}${tablespace}`);
    if (server.version !== 'timescale' || template === TEMPLATE) return;
    await this.sql(server.urlOf(name), 'create extension timescaledb');
  }

  async sql(url: string, ...statements: readonly string[]): Promise<void> {
    await withClient(url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  }

  /** Starts the server again; the processes of a killed one may still hold its memory for a moment. */
  async restart(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.server.restart();
      } catch (error) {
        if (attempt === RESTART_ATTEMPTS) throw error;
        await delay(100);
      }
    }
  }

  /** Waits until the server takes connections again, as after the death of a backend. */
  async answers(url: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return await client.end();
      } catch (error) {
        if (attempt === 300) throw error;
        await delay(50);
      }
    }
  }

  async #stageOf(database: string): Promise<ExternalStage> {
    const host = new URL(this.server.url.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
    const port = new URL(this.server.url.replace('@/', '@localhost/')).searchParams.get('port') ?? '5432';
    const proxy = await WireProxy.start(`${host}/.s.PGSQL.${port}`);
    return new ExternalStage(this, this.sandbox, database, proxy);
  }
}

export class ExternalStage implements Stage {
  constructor(
    readonly external: ExternalServer,
    private readonly sandbox: CliSandbox,
    readonly database: string,
    readonly proxy: WireProxy,
  ) {}

  /** The database as the command reaches it. */
  get commandUrl(): string {
    return `postgresql://${ROLE}@127.0.0.1:${this.proxy.port}/${this.database}?sslmode=disable`;
  }

  run(args: readonly string[]): CommandRun {
    const { env, cwd } = this.sandbox;
    return new CommandRun(args, { cwd, env: { ...env, DATABASE_URL: this.commandUrl } });
  }

  async url(): Promise<string> {
    const url = this.external.server.urlOf(this.database);
    await this.external.answers(url);
    return url;
  }

  async serverPid(): Promise<number> {
    return this.external.server.pid;
  }

  async backendPid(): Promise<number | null> {
    return backendOf(await this.url());
  }

  async killServer(): Promise<void> {
    await this.external.server.kill('SIGKILL');
    await this.external.restart();
  }

  async close(): Promise<void> {
    await this.proxy.close();
    if (this.database !== TEMPLATE) {
      await this.external.answers(this.external.server.url);
      await this.external.sql(this.external.server.url, `drop database if exists ${this.database} with (force)`);
    }
  }
}

/** The process that works for the command, of those that are at it. */
export async function backendOf(url: string): Promise<number | null> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
          and backend_type = 'client backend' order by state = 'active' desc, xact_start nulls last limit 1`,
    );
    return rows[0]?.pid ?? null;
  });
}
