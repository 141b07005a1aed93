import type { CoverageEntry } from '../../index.js';
import { timeText } from './request-text.js';
import { left, type Table } from './table.js';

/** One row per complete interval. @param narrowed only some of it was asked for */
export function coverageTable(entries: readonly CoverageEntry[], narrowed: boolean): Table {
  return {
    columns: [left('dataset'), left('schema'), left('asked by'), left('symbol'), left('start'), left('end')],
    rows: entries.flatMap(({ dataset, schema, stype_in, symbol, intervals }) =>
      intervals.map(({ start, end }) => [dataset, schema, stype_in, symbol, timeText(start), timeText(end)]),
    ),
    empty: narrowed ? 'nothing of that is covered' : 'nothing is covered yet',
  };
}
