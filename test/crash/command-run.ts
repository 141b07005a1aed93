import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { BIN } from '../support/run-cli.js';
import type { RunReport, VerifyReport } from '../../src/index.js';

/** How a run ended. */
export interface RunEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when it had to be killed because it did not end. */
  readonly hung: boolean;
}

const HANGS_AFTER_MS = 90_000;

/** One run of the command line as a process of its own, whose progress can be followed. */
export class CommandRun {
  readonly ended: Promise<RunEnd>;
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  readonly #seen: string[] = [];
  #over = false;

  constructor(args: readonly string[], options: { readonly cwd: string; readonly env: Record<string, string> }) {
    const child = spawn(process.execPath, [BIN, ...args, '--json', '--progress', 'json'], {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let stdout = '';
    let stderr = '';
    let rest = '';
    let hung = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#notice(line);
    });
    const watchdog = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, HANGS_AFTER_MS);
    this.ended = once(child, 'close').then(([code, signal]) => {
      clearTimeout(watchdog);
      this.#over = true;
      for (const wake of this.#waiting) wake();
      return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr, hung };
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#over) this.#child.kill(signal);
  }

  /** Resolves when it has reported so many messages of any type, or has ended. */
  async messages(count: number): Promise<void> {
    while (!this.#over && this.#seen.length < count) await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #notice(line: string): void {
    if (!line.startsWith('{')) return;
    this.#seen.push(line);
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

/** The report of a run that printed one; `undefined` for a killed one and for one that ended with an error. */
export function reportOf({ stdout }: RunEnd): RunReport | undefined {
  try {
    const report = JSON.parse(stdout) as RunReport | { error: unknown };
    return 'error' in report ? undefined : report;
  } catch {
    return undefined;
  }
}

/** True when all there was to do is done. */
export function isDone(end: RunEnd): boolean {
  const report = reportOf(end);
  return (
    (end.code === 0 || end.code === 3) &&
    report !== undefined &&
    report.chunks.loaded + report.chunks.already_loaded === report.chunks.planned
  );
}

/** What `verify` finds wrong with the database; empty when all is well and nothing was left out. */
export async function complaintsOf(verify: CommandRun): Promise<string[]> {
  const { code, signal, stdout, stderr } = await verify.ended;
  if (!stdout.startsWith('{')) return [`verify ends with ${code ?? signal ?? ''}: ${stderr.trim().slice(-500)}`];
  const { status, chunks, differences = [], details = [] } = JSON.parse(stdout) as Partial<VerifyReport>;
  if (code === 0 && status === 'ok' && chunks?.ok === chunks?.verified && chunks?.unfinished === 0) return [];
  const found = [...differences, ...details.flatMap((verdict) => verdict.differences)].map(({ message }) => message);
  return [`verify ends with ${code ?? signal ?? ''}: ${found.join('; ') || stdout.slice(0, 500)}`];
}
