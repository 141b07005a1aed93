import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Real files lie beside the checkout, not in it: their data is not ours to give away. */
const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const DIRECTORY = join(REPOSITORY, '..', 'shared', 'data', 'real');

/** What another decoder reads in records of one kind. All values are strings. */
export interface ExpectedKind {
  readonly records: number;
  readonly record_size: number;
  readonly first_records: readonly Readonly<Record<string, string>>[];
  readonly last_record: Readonly<Record<string, string>>;
  /** SHA-256 of each column's values, each followed by a newline. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What another decoder reads in one file. */
export interface ExpectedFile {
  readonly bytes: number;
  readonly sha256: string;
  /** Set for a file that must be refused; everything below is missing then. */
  readonly error?: string;
  readonly version: number | null;
  readonly metadata: ExpectedMetadata | null;
  readonly records: number;
  readonly record_bytes_sha256: string;
  /** By instrument id, then by the symbol that the metadata maps it to, '' for none. */
  readonly records_by_instrument_and_symbol: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly kinds: Readonly<Record<string, ExpectedKind>>;
}

/** A list of symbols, or of a long one the count and the first ones. */
export type ExpectedSymbols = readonly string[] | { readonly count: number; readonly first: readonly string[] };

export interface ExpectedMetadata {
  readonly version: number;
  readonly dataset: string;
  readonly schema: string | null;
  readonly start: string;
  readonly end: string | null;
  readonly limit: number | null;
  readonly stype_in: string | null;
  readonly stype_out: string;
  readonly ts_out: boolean;
  readonly symbol_cstr_len: number;
  readonly symbols: ExpectedSymbols;
  readonly partial: ExpectedSymbols;
  readonly not_found: ExpectedSymbols;
  readonly mapping_count: number;
  readonly mapping_interval_count: number;
  readonly mappings_sha256: string;
}

const available = existsSync(join(DIRECTORY, 'expected.json'));

/** Path of a real file. */
export const realPath = (name: string): string => join(DIRECTORY, name);

/** What is expected of each real file, by file name; empty when they are absent. */
export const expectedFiles: Readonly<Record<string, ExpectedFile>> = available
  ? (JSON.parse(readFileSync(join(DIRECTORY, 'expected.json'), 'utf8')) as { files: Record<string, ExpectedFile> })
      .files
  : {};

/** Skips the test, or all tests of a suite (from its `before` hook), with a line that says so, when the files are absent. */
export function needRealData(context: Mocha.Context): void {
  if (available) return;
  console.log('      skipped: the real DBN files are not there (../shared/data/real beside the checkout)');
  context.skip();
}
