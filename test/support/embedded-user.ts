import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface EmbeddedUserOptions {
  readonly home: string;
  /** Programs from here instead of the installed package. */
  readonly packageDirectory?: string;
  readonly socketParents?: readonly string[];
  readonly outsideData?: readonly string[];
  readonly outsidePrograms?: readonly string[];
}

/** What the process said: where its database is, or why it has none. */
export interface Said {
  readonly url: string;
  readonly pid: number;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
}

/** Another process that uses the embedded server, under this account or, for root, any other. */
export class EmbeddedUser {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string, undefined>;
  #errors = '';

  constructor(options: EmbeddedUserOptions, account: { readonly uid?: number; readonly gid?: number } = {}) {
    const program = fileURLToPath(new URL('embedded-user-main.js', import.meta.url));
    const child = spawn(process.execPath, [program, JSON.stringify(options)], {
      ...account,
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    child.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    this.#child = child;
  }

  /** Resolves when it has its database, or has failed to get it. */
  async said(): Promise<Said> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`the process ended without a word: ${this.#errors}`);
    return JSON.parse(line.value) as Said;
  }

  /** Lets it release its lease and end. */
  async leave(): Promise<void> {
    this.#child.stdin?.end();
    await this.#ended();
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended();
  }

  async #ended(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await once(this.#child, 'exit');
  }
}
