import { Args, Flags } from '@oclif/core';
import { fragmentFlags } from '../cli/flags.js';
import { stdinFor } from '../cli/stdin-for.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { MetadataJson } from '../index.js';
import { writeDecoded } from '../cli/write-decoded.js';

export default class Decode extends TickloomCommand {
  static override readonly summary = 'Print the records of a DBN file as csv or jsonl; needs no database.';
  static override readonly description =
    'With --json the records are one document, { "records": [ … ] }; with --metadata it is the header alone.';
  static override readonly examples = [
    'Make a small file and read it:\n<%= config.bin %> sample --schema trades --records 5 --output five.dbn\n<%= config.bin %> decode five.dbn',
    'The header of a file:\n<%= config.bin %> decode --metadata five.dbn',
    'The first records with decimal prices, ISO times and symbols:\n<%= config.bin %> decode --limit 3 --format jsonl --pretty-px --pretty-ts --map-symbols five.dbn',
  ];
  static override readonly args = {
    file: Args.string({ description: 'DBN file, compressed or not; - is stdin.', required: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...fragmentFlags,
    format: Flags.string({ options: ['csv', 'jsonl'], summary: 'Form of the records. [default: csv]' }),
    metadata: Flags.boolean({ allowNo: true, summary: 'Print the header, as JSON, instead of the records.' }),
    'pretty-px': Flags.boolean({ allowNo: true, summary: 'Prices as decimals instead of integers in 1e-9.' }),
    'pretty-ts': Flags.boolean({ allowNo: true, summary: 'Times as ISO 8601 instead of nanoseconds.' }),
    'map-symbols': Flags.boolean({
      allowNo: true,
      summary: 'Add the symbol of each record, by the header’s mappings.',
    }),
    limit: Flags.string({ helpValue: '<n>', summary: 'Stop after so many records.' }),
  };

  async run(): Promise<MetadataJson | undefined> {
    const { args, settings } = await this.called(Decode);
    const tickloom = await this.open(settings);
    return writeDecoded(tickloom, { path: args.file, stdin: stdinFor([args.file]) }, settings);
  }
}
