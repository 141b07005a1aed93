import { TickloomError } from '../errors/index.js';
import type { ModelClass } from '../model/declaration.js';
import type { Source } from './source.js';

/** Data as an API is asked for it. Times are UTC as a person writes them, or ns; the end is exclusive. */
export interface SourceQuery {
  readonly dataset: string;
  readonly schemas: readonly string[];
  /** Symbols, or `ALL_SYMBOLS` alone. */
  readonly symbols: readonly string[];
  readonly stypeIn?: string;
  readonly start: string;
  readonly end?: string;
  /** Most records of the whole request. */
  readonly limit?: number;
}

/** A schema that records can be made for. */
export interface SourceSchema {
  /** e.g. `ohlcv-1m` */
  readonly name: string;
  /** Record type of its records, 0–255. */
  readonly rtype: number;
  readonly model: ModelClass;
}

/** A file that a path stands for, stdin and named pipes included. */
export interface SourceFile {
  /** The path as it was given; `stdin`. */
  readonly source: string;
  /** As stored; `null` for a pipe. */
  readonly sizeBytes: number | null;
  /** False for a pipe, which can be opened once. */
  readonly repeatable: boolean;
  /**
   * Its bytes from the beginning; what zstd has compressed comes decompressed.
   * @throws PATH_UNREADABLE, SOURCE_UNAVAILABLE, CANCELLED, and CHUNK_CHANGED for a file that is written to meanwhile
   */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** What a source is told of the run that it lists chunks for, and what it is given to work with. */
export interface SourceRequest {
  /** Paths as they were typed; empty when there are none. */
  readonly paths: readonly string[];
  /**
   * By name: text where they were typed (`--source-option k=v`; `a.b=v` is `{ a: { b: 'v' } }`), plain values of any
   * kind from a config file or a host. Nothing in them is checked.
   */
  readonly options: Readonly<Record<string, unknown>>;
  /** What was asked for with `--api NAME`; `null` with `--source NAME`. */
  readonly query: SourceQuery | null;
  /** @throws SCHEMA_UNKNOWN naming those that are known */
  readonly schema: (name: string) => SourceSchema;
  /**
   * The files that the paths stand for. A folder or a glob stands for those with one of the endings, hidden files
   * aside; a file named by itself may have any name.
   * @param endings lower case, with the dot, e.g. `['.csv']`; each also with `.zst` behind it
   * @throws PATH_NOT_FOUND, PATH_UNREADABLE, NO_INPUT
   */
  readonly files: (endings: readonly string[]) => Promise<readonly SourceFile[]>;
}

/** A source that can be chosen by name: `--source NAME`, or `--api NAME` when it takes a query. */
export interface SourceDefinition {
  /** Lower case, e.g. `csv`. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** `paths`: paths and options (`--source`), the default. `query`: dataset, schemas, symbols and range (`--api`). */
  readonly takes?: 'paths' | 'query';
  /**
   * Called once per run, before anything is opened.
   * @throws whatever is wrong with paths, options or query: nothing is started then
   */
  create(request: SourceRequest): Source | Promise<Source>;
}

const BRAND = Symbol.for('tickloom.source');
/** Of the interface between sources and Tickloom. */
export const SOURCE_API_VERSION = 1;

/**
 * Makes the value that a package exports for `--source NAME`: plain, frozen and branded, so that it may come from another
 * copy of this package.
 * @throws PLUGIN_INVALID without a lower-case name, a description and `create`
 */
export function defineSource(definition: SourceDefinition): SourceDefinition {
  checkSource(definition);
  return Object.freeze(Object.defineProperty({ ...definition }, BRAND, { value: SOURCE_API_VERSION }));
}

/** True for what `defineSource` made, in this or any other copy of the package. */
export function isSource(value: unknown): value is SourceDefinition {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** The version that a source was made for. */
export function sourceApiVersion(definition: SourceDefinition): unknown {
  return (definition as { readonly [BRAND]?: unknown })[BRAND];
}

/** @throws PLUGIN_INVALID */
export function checkSource(definition: SourceDefinition): void {
  if (typeof definition !== 'object')
    throw invalid('', 'it is no object', 'Write defineSource({ name, description, create }).');
  const { name, description, takes = 'paths' } = definition;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9-]*$/.test(name)) {
    throw invalid(name, 'not a lower-case word', 'Name it with lower-case letters, digits and hyphens.');
  }
  if (typeof description !== 'string') throw invalid(name, 'it has no description', 'Describe it in one line.');
  if (!['paths', 'query'].includes(takes)) {
    throw invalid(name, `it takes "${String(takes)}"`, 'Let it take "paths" or "query".');
  }
  if (typeof definition.create !== 'function') {
    throw invalid(name, 'it has no create function', 'Give it create(request), which returns a source.');
  }
}

function invalid(name: unknown, why: string, hint: string): TickloomError {
  return new TickloomError('PLUGIN_INVALID', `cannot add a source named "${String(name)}": ${why}`, {
    hint,
    context: { source: String(name) },
  });
}
