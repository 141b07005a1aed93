import type { QueryResult } from '../index.js';
import { jsonList } from './json-list.js';
import { csvRows, isNumeric, jsonRows } from './query-rows.js';
import { mode } from './session.js';
import { textLayout } from './text-layout.js';
import { writeLines } from './write-lines.js';

/** Writes the rows of a query to stdout, batch by batch; with `--json` as one document whatever the format. */
export async function writeRows(result: QueryResult, format: 'table' | 'csv' | 'jsonl'): Promise<void> {
  if (mode.json) return writeLines(jsonList({ columns: result.columns }, 'rows', jsonRows(result)));
  switch (format) {
    case 'csv':
      return writeLines(csvRows(result));
    case 'jsonl':
      return writeLines(withLineEnds(jsonRows(result)));
    case 'table': {
      const { renderTableBatches } = await import('../index.js');
      const header = result.columns.map((column) => ({
        header: column.name,
        align: isNumeric(column) ? ('right' as const) : ('left' as const),
      }));
      return writeLines(renderTableBatches(header, result.batches, await textLayout(process.stdout)));
    }
  }
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const line of lines) yield `${line}\n`;
}
