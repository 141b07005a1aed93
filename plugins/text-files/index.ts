import { defineSource, recordChunk, type Source, type SourceRequest } from 'tickloom/plugin/core';
import { csvRows } from './csv-rows.js';
import { jsonRows } from './json-rows.js';
import { mappedRecords, type ReadRows } from './mapped-records.js';
import { readMapping, type Mapping } from './mapping.js';
import { optionError } from './option-error.js';

/** Delimited text: a line of names, then a line per record. */
export const csv = defineSource({
  name: 'csv',
  description: 'text files with a record a line, cells separated by commas, through a mapping of columns to fields',
  create: (request) => source(request, ['.csv', '.txt', '.tsv'], (mapping) => csvRows(mapping)),
});

/** A JSON object a line. */
export const jsonl = defineSource({
  name: 'jsonl',
  description: 'JSON Lines, a record a line, through a mapping of members to fields',
  create: (request) => source(request, ['.jsonl', '.ndjson'], (mapping) => jsonRows(mapping)),
});

function source(request: SourceRequest, endings: readonly string[], rowsOf: (mapping: Mapping) => ReadRows): Source {
  const mapping = readMapping(request);
  const { dataset, schema, covers } = mapping;
  return {
    async plan() {
      const files = await request.files(endings);
      if (covers !== null && files.length > 1) {
        throw optionError(
          'range',
          `says what one file is complete for, and there are ${files.length}`,
          'Name one file.',
        );
      }
      return files.map((file) =>
        recordChunk({
          source: file.source,
          repeatable: file.repeatable,
          dataset,
          schema,
          covers,
          records: (signal) => mappedRecords(file.source, rowsOf(mapping)(file.source, file.open(signal)), mapping),
        }),
      );
    },
  };
}
