import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedServer } from '../../src/adapters/embedded/embedded-server.js';
import { dataDirectoryOf, findHome } from '../../src/adapters/embedded/home.js';
import { findPostmaster, waitForEnd } from '../../src/adapters/embedded/postmaster.js';
import type { CliSandbox } from '../support/run-cli.js';
import { CommandRun } from './command-run.js';
import { backendOf } from './external-stage.js';
import type { Stage } from './stage.js';

const execute = promisify(execFile);

/** An initialised home to copy, with all tables in it and without. */
export class EmbeddedModels {
  readonly #models = new Map<boolean, Promise<string>>();

  constructor(private readonly sandbox: CliSandbox) {}

  async stage({ empty }: { readonly empty: boolean }): Promise<EmbeddedStage> {
    const model = this.#models.get(empty) ?? this.#make(empty);
    this.#models.set(empty, model);
    const folder = await mkdtemp('/tmp/tickloom-test-');
    await chmod(folder, 0o755);
    await execute('cp', ['-a', await model, join(folder, '.tickloom')]);
    return new EmbeddedStage(this.sandbox, folder);
  }

  async #make(empty: boolean): Promise<string> {
    const home = join(this.sandbox.root, empty ? 'empty' : 'migrated', '.tickloom');
    await execute('mkdir', ['-p', join(home, '..')]);
    if (empty) {
      await (await new EmbeddedServer({ home }).acquire()).release();
    } else {
      const migrated = await this.sandbox.run(['db', 'migrate'], { env: { TICKLOOM_HOME: home } });
      if (migrated.code !== 0) throw new Error(`the migration of the model failed: ${migrated.stderr}`);
    }
    return home;
  }
}

/** The embedded server of one home: whoever comes starts it, and the last one stops it. */
export class EmbeddedStage implements Stage {
  readonly proxy = null;
  readonly #home: string;
  #lease: Awaited<ReturnType<EmbeddedServer['acquire']>> | undefined;

  constructor(
    private readonly sandbox: CliSandbox,
    private readonly folder: string,
  ) {
    this.#home = join(folder, '.tickloom');
  }

  run(args: readonly string[]): CommandRun {
    const { env, cwd } = this.sandbox;
    return new CommandRun(args, { cwd, env: { ...env, TICKLOOM_HOME: this.#home } });
  }

  async url(): Promise<string> {
    this.#lease ??= await new EmbeddedServer({ home: this.#home }).acquire();
    return this.#lease.url;
  }

  async serverPid(): Promise<number | null> {
    return (await this.#postmaster())?.pid ?? null;
  }

  async backendPid(): Promise<number | null> {
    const { running, url } = await new EmbeddedServer({ home: this.#home }).status();
    // A server on its way up or down has nobody to kill.
    return running && url !== null ? backendOf(url).catch(() => null) : null;
  }

  async killServer(): Promise<void> {
    const pid = await this.serverPid();
    if (pid !== null) process.kill(pid, 'SIGKILL');
  }

  async close(): Promise<void> {
    await this.#lease?.release();
    const postmaster = await this.#postmaster();
    const data = await this.#data();
    if (postmaster !== null && data !== null) {
      process.kill(postmaster.pid, 'SIGQUIT');
      await waitForEnd(data, postmaster.pid, 10_000);
    }
    const sockets = await readlink(join(this.#home, 'socket')).catch(() => null);
    if (sockets?.startsWith('/tmp/tickloom-') === true) await rm(sockets, { recursive: true, force: true });
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #data(): Promise<string | null> {
    const home = await findHome(this.#home);
    return home === null ? null : dataDirectoryOf(home);
  }

  async #postmaster(): ReturnType<typeof findPostmaster> {
    const data = await this.#data();
    return data === null ? null : findPostmaster(data);
  }
}
