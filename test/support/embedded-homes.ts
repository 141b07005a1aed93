import { chmod, chown, mkdtemp, readlink, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { EmbeddedServer, type EmbeddedServerOptions } from '../../src/adapters/embedded/embedded-server.js';
import { dataDirectoryOf, findHome, setKept } from '../../src/adapters/embedded/home.js';
import { findPostmaster, waitForEnd } from '../../src/adapters/embedded/postmaster.js';

const run = promisify(execFile);

/** An initialised home to share and to copy, once per test process. */
let model: Promise<string> | undefined;

async function makeModel(): Promise<string> {
  const home = join(await mkdtemp('/tmp/tickloom-test-'), '.tickloom');
  await chmod(dirname(home), 0o755);
  const lease = await new EmbeddedServer({ home }).acquire();
  await lease.release();
  return home;
}

// A root hook, as this file is loaded by mocha alone.
after('removes the initialised home', async () => {
  if (model !== undefined) await rm(dirname(await model), { recursive: true, force: true });
});

/** Temporary folders for the embedded servers of one test file; whatever ran in them is gone after each test. */
export class EmbeddedHomes {
  readonly notes: string[] = [];
  readonly #folders: string[] = [];
  readonly #homes: string[] = [];

  constructor() {
    afterEach(() => this.#removeAll());
  }

  /** A folder that everybody can enter; `mode` 0o700 closes it. */
  async folder(options: { readonly mode?: number; readonly uid?: number } = {}): Promise<string> {
    const folder = await mkdtemp('/tmp/tickloom-test-');
    this.#folders.push(folder);
    await chmod(folder, options.mode ?? 0o755);
    if (options.uid !== undefined) await chown(folder, options.uid, options.uid);
    return folder;
  }

  /** The path of a home that is not there yet, in a new folder, and which will be stopped. */
  async home(folder?: string): Promise<string> {
    const home = join(folder ?? (await this.folder()), '.tickloom');
    this.#homes.push(home);
    return home;
  }

  /** The path of a home that was initialised and is not running: a copy, which costs a tenth of initialising. */
  async readyHome(): Promise<string> {
    const home = await this.home();
    model ??= makeModel();
    await run('cp', ['-a', await model, home]);
    return home;
  }

  /** Like {@link readyHome}, but one for all tests of the process, in whatever state sound use has left it. */
  async sharedHome(): Promise<string> {
    model ??= makeModel();
    const home = await model;
    this.#homes.push(home);
    return home;
  }

  server(home: string, options: Partial<EmbeddedServerOptions> = {}): EmbeddedServer {
    return new EmbeddedServer({ home, onNote: (note) => this.notes.push(note), ...options });
  }

  async #removeAll(): Promise<void> {
    this.notes.length = 0;
    for (const path of this.#homes.splice(0)) {
      const home = await findHome(path).catch(() => null);
      const data = home === null ? null : await dataDirectoryOf(home);
      const postmaster = data === null ? null : await findPostmaster(data);
      if (home !== null) await setKept(home, false);
      if (data !== null && postmaster !== null) {
        process.kill(postmaster.pid, 'SIGQUIT');
        await waitForEnd(data, postmaster.pid, 10_000);
      }
      const sockets = await readlink(join(path, 'socket')).catch(() => null);
      if (sockets?.startsWith('/tmp/tickloom-') === true) await rm(sockets, { recursive: true, force: true });
    }
    for (const folder of this.#folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The first column of the first row. */
export async function queryValue(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return Object.values(rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

/** Waits for something that a message from another process brings about; the test's own time limit ends it. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
