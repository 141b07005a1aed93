import { Flags } from '@oclif/core';
import { databaseFlags, dataFlags } from '../cli/flags.js';
import { verdictTable, verifySummary } from '../cli/tables/verify-table.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import { runVerify } from '../cli/run-verify.js';
import type { VerifyReport } from '../index.js';

export default class Verify extends TickloomCommand {
  static override readonly summary = 'Compare the database with the ledger, and with the files that it came from.';
  static override readonly description =
    'Every chunk that is loaded is compared by its number of rows and by a digest of them; also the quarantine, coverage and symbology, and rows that belong to no chunk. With --deep the file of each chunk is decoded again and compared row by row. Nothing is changed. The exit code is 6 when something differs; a file that is gone or holds something else now is named, and is no difference.';
  static override readonly examples = [
    '<%= config.bin %> verify',
    'Against the files, field by field:\n<%= config.bin %> verify --deep --schema trades',
    'What one run loaded:\n<%= config.bin %> verify --run 0b5e',
  ];
  static override readonly flags = {
    ...databaseFlags,
    ...dataFlags,
    run: Flags.string({ helpValue: '<id>', summary: 'Only chunks of this run; a beginning of its id is enough.' }),
    chunk: Flags.string({ helpValue: '<id>', summary: 'Only this chunk.' }),
    deep: Flags.boolean({ allowNo: true, summary: 'Compare with the files that the chunks came from, too.' }),
    progress: Flags.string({
      helpValue: '<name>',
      summary: 'auto, bar, plain, json, none, or the name of a reporter. [default: auto]',
    }),
    quiet: Flags.boolean({ allowNo: true, summary: 'Show only what differs.' }),
  };

  async run(): Promise<VerifyReport> {
    const { settings } = await this.called(Verify);
    const tickloom = await this.open(settings);
    const report = await this.awaited((signal) => runVerify(tickloom, settings, signal));
    await this.printTable(verdictTable(report, settings.quiet === true));
    const { sanitize } = await import('../index.js');
    await this.print(`${verifySummary(report).map(sanitize).join('\n')}\n`);
    return report;
  }
}
