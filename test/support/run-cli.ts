import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json, from the compiled test. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const BIN = join(PACKAGE_ROOT, 'bin/run.js');
const WITHOUT_SOURCE_MAPS = new URL('./without-source-maps.js', import.meta.url).href;

export interface CliResult {
  /** `null` when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What stdin holds; default nothing, at its end at once. */
  readonly stdin?: string | Uint8Array;
  /** Leaves stdin without an end, whatever `onStart` writes to it. */
  readonly keepStdinOpen?: boolean;
  /** In the folder of the test instead of in its working folder. */
  readonly cwd?: string;
  /** Called with the process as soon as it runs: to send signals, to close pipes. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** What makes a child count for the coverage, where it is measured. */
function coverageEnv(covered: boolean): Record<string, string> {
  const { NODE_V8_COVERAGE } = process.env;
  if (NODE_V8_COVERAGE === undefined) return {};
  // left out, Node.js would hand it on all the same
  if (!covered) return { NODE_V8_COVERAGE: '' };
  // not --require, which looks at the package.json of the working folder, however broken
  return { NODE_V8_COVERAGE, NODE_OPTIONS: `--import=${WITHOUT_SOURCE_MAPS}` };
}

export interface CliSandboxOptions {
  /**
   * Whether what runs in it counts for the coverage; default true. It costs a run a good part of its time: not where the
   * same commands run elsewhere, or are those of another checkout.
   */
  readonly covered?: boolean;
}

/** A place to run the built command line in: an empty working folder, an empty home, a clean environment. */
export class CliSandbox {
  private constructor(
    readonly root: string,
    private readonly covered: boolean,
  ) {}

  static async create({ covered = true }: CliSandboxOptions = {}): Promise<CliSandbox> {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-cli-'));
    // Open to the account of an embedded server, so that its data stay in here and go with the sandbox.
    await chmod(folder, 0o755);
    const sandbox = new CliSandbox(folder, covered);
    await Promise.all([mkdir(sandbox.cwd), mkdir(sandbox.home)]);
    return sandbox;
  }

  get cwd(): string {
    return join(this.root, 'work');
  }

  get home(): string {
    return join(this.root, 'home');
  }

  /** Nothing of the environment that the tests run in, but where programs are. */
  get env(): Record<string, string> {
    const { PATH = '' } = process.env;
    return { PATH, HOME: this.home, ...coverageEnv(this.covered) };
  }

  run(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    return this.exec(process.execPath, [BIN, ...args], options);
  }

  /** Runs a shell command in which `tickloom` is the built command line. */
  shell(command: string, options: CliOptions = {}): Promise<CliResult> {
    const define = `tickloom() { '${process.execPath}' '${BIN}' "$@"; }`;
    return this.exec('bash', ['-c', `${define}; ${command}`], options);
  }

  async exec(program: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.cwd,
      env: { ...this.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // a command that does not read its stdin may be gone before it is written
    child.stdin.on('error', () => undefined);
    if (options.keepStdinOpen !== true) child.stdin.end(options.stdin ?? '');
    options.onStart?.(child);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout, stderr };
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
