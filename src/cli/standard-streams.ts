import { writeSync } from 'node:fs';
import { keepOffStdout } from '../config/keep-off-stdout.js';
import { createRedactor } from '../config/redact.js';

type Redactor = (text: string) => string;
type Chunk = string | Uint8Array;

/** As it is before the streams are guarded: what follows is not for everybody. */
const writeAtOnce = writeSync;

/** The reader of stdout has gone (`| head`): the command ends, silently. */
export class OutputClosed extends Error {}

/**
 * The only way to the real stdout and stderr.
 *
 * Once guarded, whatever anybody else prints, plugins and libraries with `console.log` included, goes to stderr, with
 * secrets masked: stdout carries the data of the command and nothing else.
 */
export class StandardStreams {
  readonly #stdout = process.stdout.write.bind(process.stdout);
  readonly #stderr = process.stderr.write.bind(process.stderr);
  readonly #redact: Redactor;
  #openToOthers = false;
  #divert: ((line: string) => void) | undefined;
  /** What becomes of a line of others while none is diverted, where stderr holds no plain lines. */
  #noted: ((line: string) => void) | undefined;
  /** The beginning of a line whose end is still to come, while lines are diverted. */
  #halfLine = '';
  #closed = false;
  #dataStarted = false;
  #ended = false;
  /** True while a JSON document is out whose list is not at its end. */
  listOpen = false;

  /** `secretsIn`: texts whose passwords must appear nowhere, such as the arguments and the environment; `secrets`: texts that are one. */
  constructor(secretsIn: Iterable<string>, secrets: readonly string[] = []) {
    this.#redact = createRedactor(secretsIn, secrets);
  }

  /** Takes both streams over, for the rest of the process. */
  guard(): void {
    const foreign =
      (toStdout: boolean) =>
      (chunk: Chunk, encoding?: unknown, done?: unknown): boolean => {
        const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
        const callback = [encoding, done].find((value) => typeof value === 'function') as (() => void) | undefined;
        return this.#foreign(text, toStdout, callback);
      };
    process.stdout.write = foreign(true);
    process.stderr.write = foreign(false);
    keepOffStdout();
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') this.#closed = true;
    });
    // whoever listened to the messages is gone; the work itself goes on
    process.stderr.on('error', () => undefined);
  }

  /** True when a command has begun to write its data. */
  get dataStarted(): boolean {
    return this.#dataStarted;
  }

  /** Masks secrets. */
  redact(text: string): string {
    return this.#redact(text);
  }

  /**
   * Writes data of the command. Resolves when the reader has room for more.
   * @throws OutputClosed when the reader has gone, the system's error when the data cannot be written.
   */
  async writeData(data: Chunk): Promise<void> {
    if (this.#closed || this.#ended) throw new OutputClosed();
    await this.#write(data);
  }

  /** Writes the end of all data. A command that goes on meanwhile adds nothing to it. */
  async writeLastData(data: Chunk): Promise<void> {
    if (this.#closed) throw new OutputClosed();
    this.#ended = true;
    await this.#write(data);
  }

  async #write(data: Chunk): Promise<void> {
    this.#dataStarted = true;
    await new Promise<void>((resolve, reject) => {
      this.#stdout(data, (error?: NodeJS.ErrnoException | null) => {
        if (error === null || error === undefined) resolve();
        else reject(error.code === 'EPIPE' ? new OutputClosed() : error);
      });
    });
  }

  /** Writes data just before the process is ended, when nothing can be waited for any more. */
  writeDataAtOnce(text: string): void {
    this.#ended = true;
    try {
      writeAtOnce(process.stdout.fd, text);
    } catch {
      // a full or closed pipe: the exit code has to do
    }
  }

  /** Writes lines for a person to stderr just before the process is ended. */
  writeNoticeAtOnce(text: string): void {
    try {
      writeAtOnce(process.stderr.fd, `${this.#redact(text)}\n`);
    } catch {
      // as above
    }
  }

  /** Writes a line for a person to stderr, above whatever is being drawn there. */
  writeNotice(line: string): void {
    if (this.#divert === undefined) this.#stderr(`${this.#redact(line)}\n`);
    else this.#divert(this.#redact(line));
  }

  /** Lets others write to stdout, secrets masked: for commands that are not ours, and help. */
  openToOthers(): void {
    this.#openToOthers = true;
  }

  /** Gives each line that others print to `sink` instead of stderr, until it is called with `undefined`. */
  divert(sink: ((line: string) => void) | undefined): void {
    if (this.#halfLine !== '') {
      const rest = this.#halfLine;
      this.#halfLine = '';
      (this.#divert ?? this.#noted ?? ((line) => this.writeNotice(line)))(rest);
    }
    this.#divert = sink;
  }

  /** While no line is diverted, writes each that others print in this form; as it is with `undefined`. */
  noteLinesAs(form: ((line: string) => string) | undefined): void {
    this.#noted = form && ((line) => void this.#stderr(`${form(line)}\n`));
  }

  /** stderr for a progress reporter: past the guard, which would send the drawing back to the reporter. */
  get screen(): Pick<NodeJS.WriteStream, 'write' | 'on' | 'off'> & {
    readonly writableNeedDrain: boolean;
    readonly rows: number | undefined;
  } {
    const { stderr } = process;
    return {
      write: this.#stderr,
      on: stderr.on.bind(stderr),
      off: stderr.off.bind(stderr),
      get writableNeedDrain() {
        return stderr.writableNeedDrain;
      },
      get rows() {
        // a terminal that nobody has told its size says 0
        return stderr.rows || undefined;
      },
    };
  }

  /** Resolves when all that was written has been taken, or can no longer be. */
  async flush(): Promise<void> {
    this.divert(undefined);
    const drained = (write: typeof process.stdout.write): Promise<void> =>
      new Promise((resolve) => {
        write('', () => resolve());
      });
    await Promise.all([drained(this.#stdout), drained(this.#stderr)]);
  }

  #foreign(text: string, toStdout: boolean, done: (() => void) | undefined): boolean {
    const masked = this.#redact(text);
    if (toStdout && this.#openToOthers) return this.#stdout(masked, done);
    const sink = this.#divert ?? this.#noted;
    if (sink === undefined) return this.#stderr(masked, done);
    const lines = (this.#halfLine + masked).split('\n');
    this.#halfLine = lines.pop() ?? '';
    for (const line of lines) sink(line);
    if (done !== undefined) queueMicrotask(done);
    return true;
  }
}
