import type { ArchivedRequest, ArchiveVerification } from '../../index.js';
import { dollarsText, symbolsText, timeText } from './request-text.js';
import { left, right, type Table } from './table.js';

/** One row per request. @param narrowed only some of them were asked for */
export function archiveTable(entries: readonly ArchivedRequest[], narrowed: boolean): Table {
  return {
    columns: [
      left('dataset'),
      left('schema'),
      left('symbols'),
      left('start'),
      left('end'),
      right('records'),
      right('bytes'),
      right('USD'),
    ],
    rows: entries.map(({ dataset, schema, symbols, start, end, records, bytes, cost_usd }) => [
      dataset,
      schema,
      symbolsText(symbols),
      timeText(start),
      timeText(end),
      records,
      bytes,
      dollarsText(cost_usd),
    ]),
    empty: narrowed ? 'the archive has nothing of that' : 'the archive is empty',
  };
}

/** What is wrong, or how much is right. */
export function archiveChecksTable({ location, entries }: ArchiveVerification): Table {
  const wrong = entries.filter(({ status }) => status !== 'ok');
  return {
    columns: [left('entry', 'middle'), left('status'), left('detail')],
    rows: wrong.map(({ id, status, detail }) => [id, status, detail]),
    empty:
      entries.length === 1
        ? `the one entry of ${location} is as it was bought`
        : `all ${entries.length} entries of ${location} are as they were bought`,
  };
}
