import { expect } from 'chai';
import type pg from 'pg';
import { STAND_IN_KEY, type Gateway } from '../../src/testing/gateway/index.js';
import type { CellValue } from '../../src/testing/index.js';
import { plainReading } from '../fuzz/plain-reading.js';

/** A row as text by column, as it must stand in the table: times in µs with their `_ns`, prices as decimals. */
export type TextRow = Readonly<Record<string, string | null>>;

/** Only fields of older versions of DBN, empty in rows of version 3. */
const OLD_FIELDS = [
  'trading_reference_price',
  'trading_reference_date',
  'md_security_trading_status',
  'settl_price_type',
];

/** Parameters of timeseries.get_range as the service knows them. */
export interface ServiceQuery {
  readonly dataset: string;
  readonly schema: string;
  readonly symbols: string;
  readonly stype_in: string;
  readonly start: string;
  readonly end: string;
}

/**
 * The rows that the service's answer comes to, read record by record and field by field at its offset, without any of
 * the code that downloads, decodes and loads. Asking is billed.
 */
export async function rowsOfService(gateway: Gateway, query: ServiceQuery): Promise<TextRow[]> {
  const reply = await fetch(new URL('/v0/timeseries.get_range', gateway.url), {
    method: 'POST',
    headers: { Authorization: `Basic ${Buffer.from(`${STAND_IN_KEY}:`).toString('base64')}` },
    body: new URLSearchParams({ ...query, encoding: 'dbn', compression: 'none' }),
  });
  expect(reply.ok).to.equal(true);
  const { rows, rejected } = plainReading(Buffer.from(await reply.arrayBuffer()));
  expect(rejected.size).to.equal(0);
  return [...rows.values()].map((row) => textRow(row, query.schema));
}

function textRow(row: Readonly<Record<string, CellValue>>, schema: string): TextRow {
  const texts = Object.entries(row).map(([name, value]) => [name, value === null ? null : String(value)] as const);
  const old = schema === 'definition' ? OLD_FIELDS.map((name) => [name, null] as const) : [];
  return Object.fromEntries([...old, ...texts]);
}

/** What a table holds of a range, in the order of chunks and records; `chunk_id` left out. */
export async function rowsOfTable(client: pg.Client, table: string, where = 'true'): Promise<TextRow[]> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
      where table_schema = 'tickloom' and table_name = $1 and column_name <> 'chunk_id'`,
    [table],
  );
  const list = columns.map(({ name, type }) =>
    type.startsWith('timestamp')
      ? `(extract(epoch from "${name}") * 1000000)::bigint::text as "${name}"`
      : `"${name}"::text as "${name}"`,
  );
  const { rows } = await client.query<TextRow>(
    `select ${list.join(', ')} from tickloom.${table} t where ${where} order by t.chunk_id, t.ordinal`,
  );
  return rows;
}

/** Compares row by row and value by value; a difference names its place. */
export function expectSameRows(held: readonly TextRow[], expected: readonly TextRow[]): void {
  expect(held.length, 'rows').to.equal(expected.length).and.greaterThan(0);
  held.forEach((row, index) => expect(row, `row ${index}`).to.deep.equal(expected[index]));
}

/** Rows of several chunks have ordinals of their own each. */
export function withoutOrdinals(rows: readonly TextRow[]): TextRow[] {
  return rows.map(({ ordinal: _ordinal, ...row }) => row);
}
