import { Flags } from '@oclif/core';
import { databaseFlags, dataFlags } from '../cli/flags.js';
import { coverageTable } from '../cli/tables/coverage-table.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { CoverageEntry } from '../index.js';

export default class Coverage extends TickloomCommand {
  static override readonly summary = 'List what the database is known to hold completely.';
  static override readonly examples = [
    '<%= config.bin %> coverage',
    '<%= config.bin %> coverage --dataset GLBX.MDP3 --schema trades --symbols ESH1,ESM1',
  ];
  static override readonly flags = {
    ...databaseFlags,
    ...dataFlags,
    symbols: Flags.string({ helpValue: '<a,b>', summary: 'Only these symbols, separated by commas.' }),
  };

  async run(): Promise<CoverageEntry[]> {
    const { settings } = await this.called(Coverage);
    const { dataset, schema, symbols } = settings;
    const entries = await this.ask(settings, (tickloom) => tickloom.coverage({ dataset, schema, symbols }));
    await this.printTable(coverageTable(entries));
    return entries;
  }
}
