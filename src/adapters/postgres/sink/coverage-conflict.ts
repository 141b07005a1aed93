import { TickloomError } from '../../../core/errors/index.js';
import { formatNanos } from '../../../core/text/format-nanos.js';

/** A row, or several equal ones, that only one side has. */
export interface ConflictingRow {
  /** How many more the chunk has; negative: how many more the database has. */
  readonly excess: number;
  readonly key: string;
  /** Index timestamp in ns, as text. */
  readonly ns: string;
  /** By column, as PostgreSQL prints them. */
  readonly values: ReadonlyMap<string, string | null>;
}

/** What {@link conflictColumns} selects. */
export interface FoundConflict extends Record<string, unknown>, Omit<ConflictingRow, 'values'> {
  readonly values: readonly (string | null)[];
}

/** The select list for rows that differ, of a relation with the compared columns and `_excess`, `_key`, `_ns`. */
export function conflictColumns(compared: readonly string[]): string {
  const values = compared.map((column) => `${column}::text`).join(', ');
  return `_excess::int as excess, _key::text as key, _ns::text as ns, array[${values}] as "values"`;
}

/** @param compared the quoted columns, as {@link conflictColumns} had them */
export function conflictingRows(compared: readonly string[], found: readonly FoundConflict[]): ConflictingRow[] {
  return found.map(({ values, ...row }) => ({
    ...row,
    values: new Map(values.map((value, index) => [compared[index]?.replaceAll('"', '') ?? '', value])),
  }));
}

/** Where a conflict was found. */
export interface ConflictSite {
  readonly source: string;
  readonly table: string;
  /** `instrument_id`, or `symbol` of an alias. */
  readonly keyColumn: string;
}

const HINT =
  'Load with --force to replace what is held, if the file is right; else load only what is missing, without the overlap.';

/** @param rows the first rows that differ, in order of time; at least one. */
export function rowConflict(site: ConflictSite, rows: readonly ConflictingRow[]): TickloomError {
  const [first] = rows as readonly [ConflictingRow];
  const same = rows.filter(({ ns, key }) => ns === first.ns && key === first.key);
  const ours = same.find(({ excess }) => excess > 0);
  const theirs = same.find(({ excess }) => excess < 0);
  if (ours === undefined || theirs === undefined) {
    const what =
      ours === undefined
        ? `the database holds ${count(-first.excess, 'row')} that the chunk does not have`
        : `the chunk has ${count(first.excess, 'row')} that the database does not hold`;
    return conflict(site, first, what, {});
  }
  const column = [...ours.values.keys()].find((name) => ours.values.get(name) !== theirs.values.get(name)) ?? '';
  const [expected, found] = [show(theirs.values.get(column)), show(ours.values.get(column))];
  return conflict(site, first, `the database holds ${column} ${expected}, the chunk has ${found}`, {
    column,
    expected,
    found,
  });
}

/** @param what what only one side has, in words */
export function conflict(
  { source, table, keyColumn }: ConflictSite,
  { ns, key }: { readonly ns: string; readonly key: string },
  what: string,
  context: Readonly<Record<string, string>> = {},
): TickloomError {
  const at = formatNanos(BigInt(ns));
  const who = keyColumn === 'symbol' ? `symbol "${key}"` : `instrument ${key}`;
  return new TickloomError(
    'COVERAGE_CONFLICT',
    `"${source}" differs from what is held in ${table}, first at ${at} of ${who}: ${what}`,
    { hint: HINT, context: { table, [keyColumn]: key, index_timestamp: at, ...context } },
  );
}

export function count(amount: number, noun: string): string {
  return amount === 1 ? `a ${noun}` : `${amount} ${noun}s`;
}

function show(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : `"${value}"`;
}
