import { Flags } from '@oclif/core';
import { databaseFlags } from '../cli/flags.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import { writeExport } from '../cli/write-export.js';
import type { ExportResult } from '../index.js';

export default class Export extends TickloomCommand {
  static override readonly summary = 'Write rows as the records that they were: DBN, csv or jsonl.';
  static override readonly description =
    'A chunk comes out in its own DBN version, with its own header and in its own order, its quarantined records at their places. A range of several chunks is merged by index timestamp, in DBN version 3 where versions differ. Without --symbols the rows of continuous symbols are left out: they are second copies. What is left out is said on stderr. With --json and without a file the records are one document, { "records": [ … ], … }.';
  static override readonly examples = [
    'A day of trades as DBN:\n<%= config.bin %> export --schema trades --start 2024-03-04 --end 2024-03-05 --output trades.dbn.zst',
    'One contract as csv on stdout, readable:\n<%= config.bin %> export --schema trades --symbols ESH4 --format csv --pretty-px --pretty-ts --map-symbols',
    'A file that was loaded, as it came:\n<%= config.bin %> export --chunk 1 --output chunk.dbn',
  ];
  static override readonly flags = {
    ...databaseFlags,
    schema: Flags.string({ helpValue: '<name>', summary: 'Schema of the records, e.g. trades. Needed for a range.' }),
    dataset: Flags.string({ helpValue: '<code>', summary: 'Only this dataset; needed where there are several.' }),
    symbols: Flags.string({
      helpValue: '<a,b>',
      summary: 'Only these symbols, as the rows have them, separated by commas.',
    }),
    start: Flags.string({ helpValue: '<time>', summary: 'First index timestamp: a day, a time, or ns; UTC.' }),
    end: Flags.string({ helpValue: '<time>', summary: 'Index timestamp to end before.' }),
    chunk: Flags.string({ helpValue: '<id>', summary: 'A whole chunk instead of a range.' }),
    format: Flags.string({
      options: ['dbn', 'csv', 'jsonl'],
      summary: 'Form of the records. [default: as the file is named, csv on stdout]',
    }),
    output: Flags.string({
      helpValue: '<file>',
      summary: 'File to write or replace; .zst compresses it; - is stdout. [default: stdout]',
    }),
    'pretty-px': Flags.boolean({ allowNo: true, summary: 'Prices as decimals instead of integers in 1e-9.' }),
    'pretty-ts': Flags.boolean({ allowNo: true, summary: 'Times as ISO 8601 instead of nanoseconds.' }),
    'map-symbols': Flags.boolean({ allowNo: true, summary: 'Add the symbol of each row to csv and jsonl.' }),
  };

  async run(): Promise<ExportResult | undefined> {
    const { settings } = await this.called(Export);
    return writeExport(settings, (request) =>
      this.ask(settings, (tickloom, signal) => tickloom.export(request, { signal })),
    );
  }
}
