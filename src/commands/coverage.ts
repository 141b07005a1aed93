import { Flags } from '@oclif/core';
import { accessFlags, databaseFlags, dataFlags } from '../cli/flags.js';
import { notice } from '../cli/session.js';
import { coverageTable } from '../cli/tables/coverage-table.js';
import { staleTable } from '../cli/tables/stale-table.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { CoverageEntry, StaleReport } from '../index.js';

export default class Coverage extends TickloomCommand {
  static override readonly summary = 'List what the database is known to hold completely.';
  static override readonly description =
    'With --stale, the days that the vendor has changed since they were bought, and the commands that buy them again. Asking costs nothing.';
  static override readonly examples = [
    '<%= config.bin %> coverage',
    '<%= config.bin %> coverage --dataset GLBX.MDP3 --schema trades --symbols ESH1,ESM1',
    'What the vendor has revised since:\n<%= config.bin %> coverage --stale',
  ];
  static override readonly flags = {
    ...databaseFlags,
    ...dataFlags,
    symbols: Flags.string({ helpValue: '<a,b>', summary: 'Only these symbols, separated by commas.' }),
    stale: Flags.boolean({
      allowNo: true,
      summary: 'List the days that the vendor has changed since they were bought.',
    }),
    ...accessFlags,
  };

  async run(): Promise<CoverageEntry[] | StaleReport> {
    const { settings } = await this.called(Coverage);
    const { dataset, schema, symbols } = settings;
    if (settings.stale === true) {
      const report = await this.ask(settings, (tickloom, signal) =>
        tickloom.staleCoverage({ dataset, schema, symbols }, { onNote: notice, signal }),
      );
      await this.printTable(staleTable(report));
      if (report.commands.length > 0) {
        await this.print(`\nBuy them again, each priced before it is bought:\n${report.commands.join('\n')}\n`);
      }
      return report;
    }
    const entries = await this.ask(settings, (tickloom, signal) =>
      tickloom.coverage({ dataset, schema, symbols }, { signal }),
    );
    const narrowed = [dataset, schema, symbols].some((given) => given !== undefined);
    await this.printTable(coverageTable(entries, narrowed));
    return entries;
  }
}
