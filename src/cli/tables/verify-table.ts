import type { ChunkVerdict, NotStored, VerifyReport } from '../../index.js';
import { left, right, type Table } from './table.js';
import { counted } from '../../config/counted.js';

const ORIGINALS: Readonly<Record<NonNullable<ChunkVerdict['original']>, string>> = {
  compared: 'same',
  source_missing: 'source missing',
  source_changed: 'source changed',
  not_compared: 'not compared',
  nothing_to_compare: 'nothing to compare',
};

const NOT_STORED: Readonly<Record<keyof NotStored, string>> = {
  reserved_bytes: 'with something in reserved bytes',
  text_after_nul: 'with text after the first NUL',
  ts_out: 'with a ts_out trailer',
  bytes_beyond_struct: 'with bytes beyond their struct',
  other_rtype: "with another rtype than the schema's",
};

/** One row per chunk, or per chunk that is not as it should be. */
export function verdictTable({ details, deep }: VerifyReport, onlyWrong: boolean): Table {
  const shown = onlyWrong ? details.filter(({ status }) => status !== 'ok') : details;
  return {
    columns: [
      right('chunk'),
      left('status'),
      right('rows'),
      right('quarantined'),
      ...(deep ? [left('original')] : []),
      left('schema'),
      left('source', 'middle'),
    ],
    rows: shown.map((chunk) => [
      chunk.chunk_id,
      chunk.status,
      chunk.rows.held,
      chunk.quarantined.held,
      ...(deep ? [originalOf(chunk)] : []),
      chunk.schema ?? 'several',
      chunk.source,
    ]),
    empty: onlyWrong ? 'no chunk differs' : 'no chunk is loaded that was asked for',
  };
}

function originalOf({ original, status }: ChunkVerdict): string | null {
  if (original === null) return null;
  return original === 'compared' && status === 'differs' ? 'compared' : ORIGINALS[original];
}

/** What differs, what is to be known, and all of it in a sentence; one to a line. */
export function verifySummary(report: VerifyReport): string[] {
  const { details, differences, chunks, originals, rows, quarantined, deep } = report;
  const found = details.flatMap(({ chunk_id, differences: own }) =>
    own.map(({ message }) => `chunk ${chunk_id} differs: ${message}`),
  );
  const strays = differences.map(({ message }) => `differs: ${message}`);
  const notes = details.flatMap(({ chunk_id, notes: own, not_stored }) => [
    ...own.map((text) => `chunk ${chunk_id}: ${text}`),
    ...notStoredNotes(chunk_id, not_stored),
  ]);
  const unfinished =
    chunks.unfinished === 0
      ? []
      : [`left out: ${counted(chunks.unfinished, 'chunk')} still loading, or left so by a run that was killed`];
  const compared = deep
    ? `; originals: ${originals.compared} compared, ${originals.missing} missing, ${originals.changed} changed`
    : '';
  const sentence = `${counted(chunks.verified, 'chunk')} verified: ${chunks.ok} ok, ${chunks.differ} differ, ${chunks.unchecked} unchecked; ${counted(rows, 'row')}, ${quarantined} quarantined${compared}`;
  return [...found, ...strays, ...notes, ...unfinished, sentence];
}

function notStoredNotes(chunkId: number, found: NotStored | null): string[] {
  if (found === null) return [];
  return Object.entries(NOT_STORED)
    .map(([kind, text]) => [found[kind as keyof NotStored], text] as const)
    .filter(([records]) => records > 0)
    .map(([records, text]) => `chunk ${chunkId}: ${counted(records, 'record')} ${text}, which no column holds`);
}
