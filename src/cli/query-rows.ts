import type { QueryResult } from '../index.js';
import { harmlessJson, jsonText } from './json-text.js';

type Column = QueryResult['columns'][number];
type Row = readonly (string | null)[];

/** Types whose text is a JSON number. Not numeric: JavaScript and others would round it. */
const INTEGERS = /^(smallint|integer|bigint|oid|int[248]|serial[248]?)$/;
const FLOATS = /^(real|double precision|float[48])$/;
const NUMBERS = /^(numeric|decimal)/;

/** Numbers stand to the right in tables. */
export function isNumeric({ type }: Column): boolean {
  return INTEGERS.test(type) || FLOATS.test(type) || NUMBERS.test(type);
}

/**
 * Rows as JSON objects, one text each: integers, floats, booleans and json as themselves, everything else, exact
 * numerics included, as the text that PostgreSQL prints.
 */
export async function* jsonRows({ columns, batches }: QueryResult): AsyncGenerator<string, void, undefined> {
  const keys = uniqueNames(columns).map((name) => jsonText(name));
  for await (const rows of batches) {
    for (const row of rows) {
      const members = columns.map((column, i) => `${keys[i] ?? ''}:${jsonValue(row[i] ?? null, column.type)}`);
      yield `{${members.join(',')}}`;
    }
  }
}

/** Rows as comma-separated values with a header. NULL is nothing, empty text is `""`. */
export async function* csvRows({ columns, batches }: QueryResult): AsyncGenerator<string, void, undefined> {
  yield csvLine(columns.map(({ name }) => name));
  for await (const rows of batches) {
    for (const row of rows) yield csvLine(row);
  }
}

function jsonValue(text: string | null, type: string): string {
  if (text === null) return 'null';
  if (INTEGERS.test(type)) return text;
  // NaN and Infinity are not JSON
  if (FLOATS.test(type) && Number.isFinite(Number(text))) return text;
  if (type === 'boolean' || type === 'bool') return text === 't' || text === 'true' ? 'true' : 'false';
  // a line break can only stand between tokens there, and a row has to stay one line
  return type === 'json' || type === 'jsonb' ? harmlessJson(text.replace(/[\r\n]+/g, ' ')) : jsonText(text);
}

/** A name that comes twice would hide its first value: `count`, `count_2`. */
function uniqueNames(columns: readonly Column[]): string[] {
  const taken = new Set(columns.map(({ name }) => name));
  const seen = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let n = 2; seen.has(unique) || (unique !== name && taken.has(unique)); n++) unique = `${name}_${n}`;
    seen.add(unique);
    return unique;
  });
}

function csvLine(values: Row): string {
  return `${values.map(csvValue).join(',')}\n`;
}

function csvValue(value: string | null): string {
  if (value === null) return '';
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
