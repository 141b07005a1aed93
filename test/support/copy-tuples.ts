import type { ColumnSpec, TableSpec } from '../../src/core/model/model-spec.js';

/** A value of a row as a test writes it: prices as decimal text, times as ns. */
export type TestValue = string | number | bigint | null;

const MICROS_TO_2000 = 946_684_800_000_000n;

/**
 * A few wire fields in the shape of a real schema's table: enough for each column type.
 */
export function testTable(name = 'trades', schema = name): TableSpec {
  const column = (columnName: string, type: ColumnSpec['type'], nullable: boolean): ColumnSpec => ({
    name: columnName,
    type,
    nullable,
    description: `The ${columnName} of a test's record.`,
  });
  return {
    name,
    schema,
    indexTimestamp: 'ts_recv',
    description: 'Rows of a test.',
    columns: [
      column('instrument_id', 'bigint', false),
      column('ts_recv', 'timestamptz', false),
      column('ts_recv_ns', 'smallint', false),
      column('price', 'numeric', true),
      column('size', 'integer', true),
      column('side', '"char"', true),
      column('note', 'text', true),
      { ...column('old_price', 'numeric', true), versions: [1, 2] },
      column('symbol', 'text', false),
      column('dataset', 'text', false),
      column('chunk_id', 'bigint', false),
      column('ordinal', 'bigint', false),
    ],
  };
}

/** One row as a binary COPY tuple. A timestamp column takes ns; its `_ns` column follows from it. */
export function tuple(table: TableSpec, values: Readonly<Record<string, TestValue>>): Buffer {
  const fields = table.columns.map((column) => {
    const base = column.name.endsWith('_ns') ? column.name.slice(0, -3) : column.name;
    const value = values[column.name] ?? values[base] ?? null;
    if (column.name !== base) return encode('smallint', value === null ? null : BigInt(value) % 1000n);
    return encode(column.type, value);
  });
  return Buffer.concat([int(2, BigInt(table.columns.length)), ...fields]);
}

function encode(type: ColumnSpec['type'], value: TestValue): Buffer {
  if (value === null) return int(4, -1n);
  switch (type) {
    case 'smallint':
      return field(int(2, BigInt(value)));
    case 'integer':
      return field(int(4, BigInt(value)));
    case 'bigint':
      return field(int(8, BigInt(value)));
    case 'timestamptz':
      return field(int(8, BigInt(value) / 1000n - MICROS_TO_2000));
    case 'numeric':
      return field(numeric(String(value)));
    case '"char"':
    case 'text':
      return field(Buffer.from(String(value)));
  }
}

function field(bytes: Buffer): Buffer {
  return Buffer.concat([int(4, BigInt(bytes.length)), bytes]);
}

function int(size: 2 | 4 | 8, value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes.subarray(8 - size);
}

/** PostgreSQL's numeric: base-10000 digits, the weight of the first, sign, and decimals shown. */
function numeric(text: string): Buffer {
  const negative = text.startsWith('-');
  const [whole = '', decimals = ''] = text.replace('-', '').split('.');
  const left = whole.padStart(Math.ceil(whole.length / 4) * 4, '0');
  const right = decimals.padEnd(Math.ceil(decimals.length / 4) * 4, '0');
  const digits = (left + right).match(/.{4}/g)?.map(Number) ?? [];
  return Buffer.concat([
    int(2, BigInt(digits.length)),
    int(2, BigInt(left.length / 4 - 1)),
    int(2, negative ? 0x4000n : 0n),
    int(2, BigInt(decimals.length)),
    ...digits.map((digit) => int(2, BigInt(digit))),
  ]);
}
