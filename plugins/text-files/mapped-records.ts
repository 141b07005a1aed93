import type { SourceRecord } from 'tickloom/plugin/core';
import type { FieldValue } from './field-value.js';
import { lineError } from './line-error.js';
import type { Mapping } from './mapping.js';

/** A line of a file: the cells of the columns that are mapped, in their order; `null` for one that is not there. */
export interface TextRow {
  /** From 1. */
  readonly line: number;
  readonly cells: readonly (string | null)[];
}

/** Reads a file as rows, in lists as they come. */
export type ReadRows = (source: string, bytes: AsyncIterable<Uint8Array>) => AsyncIterable<readonly TextRow[]>;

/**
 * The records that rows are by a mapping, in lists as they come.
 * @throws LINE_INVALID for a row that cannot be a record, naming file, line, column and value
 */
export async function* mappedRecords(
  source: string,
  rows: AsyncIterable<readonly TextRow[]>,
  mapping: Mapping,
): AsyncGenerator<readonly SourceRecord[], void, undefined> {
  for await (const list of rows) yield list.map((row) => recordOf(source, row, mapping));
}

function recordOf(source: string, { line, cells }: TextRow, mapping: Mapping): SourceRecord {
  const { fields, columns, constants, nulls, symbol } = mapping;
  const record: Record<string, FieldValue> = { ...constants };
  for (const { name, cell, read, expected, hint } of fields) {
    const text = cells[cell] ?? null;
    const value = read(text === null || (nulls.size > 0 && nulls.has(text)) ? null : text);
    if (value === undefined) {
      throw lineError({ source, line, column: columns[cell] ?? name }, `"${name}" needs ${expected}`, hint, text ?? '');
    }
    record[name] = value;
  }
  const given = symbol === null ? null : typeof symbol === 'string' ? symbol : (cells[symbol.cell] ?? null);
  const known = given === null ? record : Object.assign(record, named(source, line, given, mapping));
  checkCovered(source, line, known, mapping);
  return known;
}

/** What the symbol of a line says: itself, and the instrument where no column does. */
function named(source: string, line: number, symbol: string, { instruments, givesIds }: Mapping): SourceRecord {
  if (symbol === '' || Buffer.byteLength(symbol) > 70) {
    throw lineError({ source, line }, 'its symbol needs 1 to 70 bytes of text', 'Correct the line.', symbol);
  }
  // without an id recordChunk makes one of the symbol
  if (givesIds || instruments === null) return { symbol };
  const id = instruments.get(symbol);
  if (id !== undefined) return { symbol, instrument_id: id };
  throw lineError({ source, line }, 'its symbol is not among "instruments"', 'Add it to the source option.', symbol);
}

/** A file that says what it is complete for has nothing else in it. */
function checkCovered(source: string, line: number, record: SourceRecord, { covers, indexTimestamp }: Mapping): void {
  if (covers === null) return;
  const time = record[indexTimestamp];
  const isInside = typeof time !== 'bigint' || (time >= covers.start && time < covers.end);
  if (!isInside) {
    throw lineError(
      { source, line },
      `its ${indexTimestamp} is not in the range`,
      'Correct the source option "range".',
      String(time),
    );
  }
  const what = record.symbol ?? String(record.instrument_id);
  if (covers.symbols.some(({ symbol }) => symbol === what)) return;
  throw lineError({ source, line }, 'its symbol is not among "range.symbols"', 'Correct the source option.', what);
}
