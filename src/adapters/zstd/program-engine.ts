import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { DecompressionEngine } from './engine.js';
import { LARGEST_WINDOW } from './frame-scanner.js';
import { programOutput } from './program-output.js';
import { InputFailure, throughStream, type StreamOutput } from './through-stream.js';
import { fromEngine, zstdUnavailable } from './zstd-errors.js';

const PROGRAM = 'zstd';
const MIB = 1024 * 1024;
/** So much of what the program says is kept for the error. */
const LONGEST_COMPLAINT = 1000;

/** The `zstd` program, if there is one on the path. */
export const programEngine: DecompressionEngine = {
  rung: 'program',
  takes: 'runs',
  available: programAvailable,
  async *decompress(pieces) {
    let framePosition = 0;
    const bytes = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const piece of pieces) {
        framePosition = piece.frame.position;
        yield piece.bytes;
      }
    };
    const input = bytes();
    const first = await input.next();
    // Skippable frames alone are nothing to decompress; the program would take the empty input for a cut one.
    if (first.done === true) return;
    try {
      const args = ['-d', '-c', '-q', `--memory=${LARGEST_WINDOW / MIB}MiB`];
      yield* throughProgram(startingWith(first.value, input), args, programOutput);
    } catch (error) {
      throw fromEngine(error, { position: framePosition, orEarlier: true });
    }
  },
};

async function* startingWith(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

/** What starting the program showed, by the path on which it is looked for. */
const tried = new Map<string, Promise<boolean>>();

/** True when the program can be started. Tried once: starting it for each of many small files would be half their time. */
export function programAvailable(): Promise<boolean> {
  const path = process.env.PATH ?? '';
  let answer = tried.get(path);
  if (answer === undefined) tried.set(path, (answer = startsAtAll()));
  return answer;
}

async function startsAtAll(): Promise<boolean> {
  const child = spawn(PROGRAM, ['--version'], { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('exit', (code) => resolve(code === 0));
  });
}

type Program = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs the program between input and output; kills it when the output is left early.
 * @param outputOf how its output is read
 */
export async function* throughProgram(
  input: AsyncIterable<Uint8Array>,
  args: readonly string[],
  outputOf: (child: Program) => StreamOutput = ({ stdout }) => stdout,
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = spawn(PROGRAM, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = new ProgramExit(child);
  try {
    yield* throughStream(input, child.stdin, outputOf(child));
    await exit.success();
  } catch (error) {
    if (error instanceof InputFailure) throw error;
    // a broken pipe says nothing; what the program said, or why it did not start, does
    child.kill('SIGKILL');
    await exit.success();
    throw error;
  } finally {
    child.kill('SIGKILL');
    await exit.over;
  }
}

/** How the program ended, and what it said. */
class ProgramExit {
  /** Resolves when the program has gone, whatever the reason. */
  readonly over: Promise<void>;
  #complaint = '';
  #failure: Error | undefined;

  constructor(child: Program) {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(0, LONGEST_COMPLAINT);
    });
    this.over = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#failure = zstdUnavailable('program', error.message);
        resolve();
      });
      child.once('close', (code, signal) => {
        const reason =
          this.#complaint.trim().replaceAll(/\s+/g, ' ') || `ended with ${signal ?? `code ${String(code)}`}`;
        if (code !== 0) this.#failure ??= new Error(`${PROGRAM}: ${reason}`);
        resolve();
      });
    });
  }

  async success(): Promise<void> {
    await this.over;
    if (this.#failure !== undefined) throw this.#failure;
  }
}
