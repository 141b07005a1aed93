import type { QuarantineEntry, ReplayReport, Tickloom } from '../../index.js';
import { facts, left, right, type Table } from './table.js';

type QuarantinedRecord = Awaited<ReturnType<Tickloom['quarantine']['show']>>;

/** One row per entry. @param narrowed only some of them were asked for */
export function quarantineTable(entries: readonly QuarantineEntry[], narrowed: boolean): Table {
  return {
    columns: [right('id'), left('state'), left('schema'), left('why'), right('record'), left('source', 'middle')],
    rows: entries.map(({ id, state, schema, reasons, ordinal, source }) => [
      id,
      state,
      schema,
      reasons.map(({ message }) => message).join('; '),
      ordinal,
      source,
    ]),
    empty: narrowed ? 'nothing of that is in quarantine' : 'nothing is in quarantine',
  };
}

/** Everything about one record: why it was kept aside, its fields, its bytes. */
export function quarantinedRecordTable({ reasons, record, bytes_hex, ...entry }: QuarantinedRecord): Table {
  const why = Object.fromEntries(reasons.map(({ message }, i) => [`reason ${i + 1}`, message]));
  return facts({ ...entry, ...why, ...record, bytes: bytes_hex });
}

/** One row per chunk that had entries. */
export function replayTable({ details }: ReplayReport): Table {
  return {
    columns: [
      right('chunk'),
      right('replayed'),
      right('already there'),
      right('still open'),
      left('source', 'middle'),
      left('error'),
    ],
    rows: details.map(({ chunk_id, replayed, already_there, still_open, source, error }) => [
      chunk_id,
      replayed,
      already_there,
      still_open,
      source,
      error?.message,
    ]),
    empty: 'nothing that was asked for is open in quarantine',
  };
}
