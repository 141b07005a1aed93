import { Args } from '@oclif/core';
import { databaseFlags } from '../../cli/flags.js';
import { quarantinedRecordTable } from '../../cli/tables/quarantine-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import { wholeNumber } from '../../cli/whole-number.js';
import type { Tickloom } from '../../index.js';

export default class QuarantineShow extends TickloomCommand {
  static override readonly summary = 'Show a record that was kept aside: why, its fields, its bytes.';
  static override readonly examples = ['<%= config.bin %> quarantine show 1'];
  static override readonly args = {
    id: Args.string({ description: 'Number of the entry, from quarantine list.', required: true, ignoreStdin: true }),
  };
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<Awaited<ReturnType<Tickloom['quarantine']['show']>>> {
    const { args, settings } = await this.called(QuarantineShow);
    const id = wholeNumber('ID', args.id);
    const entry = await this.ask(settings, (tickloom, signal) => tickloom.quarantine.show(id, { signal }));
    await this.printTable(quarantinedRecordTable(entry));
    return entry;
  }
}
