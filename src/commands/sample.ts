import { Flags } from '@oclif/core';
import { refuseDbnOnStdout, stdout, STDOUT } from '../cli/dbn-on-stdout.js';
import { required } from '../cli/required.js';
import { mode } from '../cli/session.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import { writeSampled } from '../cli/write-decoded.js';
import type { SampleResult } from '../index.js';
import { counted } from '../config/counted.js';

export default class Sample extends TickloomCommand {
  static override readonly summary = 'Write a DBN file of made-up data, the same for the same flags.';
  static override readonly description =
    'With --json and - for the file the records are one document, { "records": [ … ] }.';
  static override readonly examples = [
    '<%= config.bin %> sample --schema trades --output trades.dbn.zst',
    'Look at what it makes, without a file:\n<%= config.bin %> sample --schema trades --records 3 --output - | <%= config.bin %> decode -',
    'A million bars of ten instruments over five days:\n<%= config.bin %> sample --schema ohlcv-1s --records 1000000 --instruments 10 --days 5 --seed 42 --output bars.dbn.zst',
  ];
  static override readonly flags = {
    schema: Flags.string({ helpValue: '<name>', summary: 'Schema of the records, e.g. trades. Needed.' }),
    records: Flags.string({ helpValue: '<n>', summary: 'How many records in all. [default: 10000]' }),
    instruments: Flags.string({ helpValue: '<n>', summary: 'Of how many instruments. [default: 3]' }),
    days: Flags.string({ helpValue: '<n>', summary: 'Over how many days. [default: 1]' }),
    seed: Flags.string({ helpValue: '<n>', summary: 'Another seed makes other data. [default: 1]' }),
    output: Flags.string({ helpValue: '<file>', summary: 'File to write; .zst compresses it; - is stdout. Needed.' }),
    start: Flags.string({ helpValue: '<day>', summary: 'First day, YYYY-MM-DD in UTC.' }),
    'dbn-version': Flags.string({ helpValue: '<1|2|3>', summary: 'DBN version of the file. [default: 3]' }),
  };

  async run(): Promise<SampleResult | undefined> {
    const { settings } = await this.called(Sample);
    const { records = 10_000, instruments = 3, days = 1, seed = 1, dbnVersion: version, start } = settings;
    const { schema, output } = required(settings, 'schema', 'output');
    const toStdout = output === STDOUT;
    if (toStdout) refuseDbnOnStdout();
    const what = { schema, records, instruments, days, seed, version, start };
    if (toStdout && mode.json) {
      const tickloom = await this.open(settings);
      await this.awaited((signal) => writeSampled(tickloom, what, signal));
      return undefined;
    }
    const request = { ...what, output: toStdout ? stdout : output };
    const result = await this.ask(settings, (tickloom, signal) => tickloom.sample(request, { signal }));
    if (toStdout) return undefined;
    await this.print(
      `${output}: ${counted(result.records, 'record')} of ${result.schema}, ${counted(result.bytes, 'byte')}\n`,
    );
    return result;
  }
}
