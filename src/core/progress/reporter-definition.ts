import { TickloomError } from '../errors/index.js';
import type { ProgressReporter } from './progress-event.js';

/** Where a reporter writes: stderr, or anything that takes text. */
export interface ReporterStream {
  write(text: string, done?: (error?: Error | null) => void): unknown;
  /** Must carry `error`, so that a reader that goes away does not end the process. */
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'error', listener: (error: Error) => void): unknown;
  /** True while the reader is behind: whatever can be skipped is skipped. */
  readonly writableNeedDrain?: boolean;
  /** Lines of the terminal, where it is one. */
  readonly rows?: number;
}

/** What a reporter is told about the place it draws to, and what is wanted of it. */
export interface ReporterSettings {
  readonly stream: ReporterStream;
  /** Columns at this moment, asked for at every drawing; `undefined` when the stream is no terminal. */
  readonly columns: () => number | undefined;
  /** Lines on the stream can be drawn over: a terminal that obeys cursor movements. */
  readonly redrawable: boolean;
  readonly color: boolean;
  /** Characters beyond ASCII come out right. */
  readonly unicode: boolean;
  /** Narrowing the window breaks lines anew instead of cutting them; default true. */
  readonly reflows?: boolean;
  /** A line per rejected record and per finished chunk, and debug notes. */
  readonly verbose: boolean;
  /**
   * An account of the run follows, with each failed chunk and what to do about it: of what fails right before the end, that
   * is enough. Default false.
   */
  readonly accountFollows?: boolean;
  /** Milliseconds from any origin, never running backwards; default `performance.now`. */
  readonly now?: () => number;
  /** Resident memory in bytes; default that of this process. */
  readonly memory?: () => number;
  /** Milliseconds between two drawings, lines or figures; each reporter has its own default. */
  readonly intervalMs?: number;
}

/** A progress reporter that can be chosen by name (`--progress NAME`). */
export interface ReporterDefinition {
  /** Lower case, e.g. `bar`. */
  readonly name: string;
  /** One line for the list of reporters. */
  readonly description: string;
  /** Called once per run. */
  create(settings: ReporterSettings): ProgressReporter;
}

const BRAND = Symbol.for('tickloom.reporter');
const VERSION = 1;

/**
 * Makes the value that a package exports for `--progress NAME`: plain, frozen and branded, so that it may come from
 * another copy of this package.
 * @throws PLUGIN_INVALID without a lower-case name, a description and `create`
 */
export function defineReporter(definition: ReporterDefinition): ReporterDefinition {
  checkReporter(definition);
  return Object.freeze(Object.defineProperty({ ...definition }, BRAND, { value: VERSION }));
}

/** True for what `defineReporter` made, in this or any other copy of the package. */
export function isReporter(value: unknown): value is ReporterDefinition {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** @throws PLUGIN_INVALID */
export function checkReporter(definition: ReporterDefinition): void {
  if (typeof definition !== 'object')
    throw invalid('', 'it is no object', 'Write defineReporter({ name, description, create }).');
  const { name, description } = definition;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name)) {
    throw invalid(name, 'not a lower-case word', 'Name it with lower-case letters, digits and hyphens.');
  }
  if (typeof description !== 'string') throw invalid(name, 'it has no description', 'Describe it in one line.');
  if (typeof definition.create !== 'function') {
    throw invalid(name, 'it has no create function', 'Give it create(settings), which returns a reporter.');
  }
}

function invalid(name: unknown, why: string, hint: string): TickloomError {
  return new TickloomError('PLUGIN_INVALID', `cannot add a progress reporter named "${String(name)}": ${why}`, {
    hint,
    context: { reporter: String(name) },
  });
}
