import { Flags } from '@oclif/core';
import { databaseFlags, dataFlags, entryFlags, limitFlag } from '../../cli/flags.js';
import { quarantineTable } from '../../cli/tables/quarantine-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { QuarantineEntry } from '../../index.js';

export default class QuarantineList extends TickloomCommand {
  static override readonly summary = 'List records that were kept aside, and why.';
  static override readonly examples = [
    '<%= config.bin %> quarantine list',
    '<%= config.bin %> quarantine list --schema trades --state open --limit 100',
  ];
  static override readonly flags = {
    ...databaseFlags,
    ...dataFlags,
    state: Flags.string({ options: ['open', 'replayed', 'dropped'], summary: 'Only entries in this state.' }),
    ...entryFlags,
    limit: limitFlag('How many at most. [default: 50]'),
  };

  async run(): Promise<QuarantineEntry[]> {
    const { settings } = await this.called(QuarantineList);
    const { dataset, schema, state, chunkId, plugin, limit = 50 } = settings;
    const filter = { dataset, schema, state, chunkId, plugin, limit };
    const entries = await this.ask(settings, (tickloom, signal) => tickloom.quarantine.list(filter, { signal }));
    const narrowed = [dataset, schema, state, chunkId, plugin].some((given) => given !== undefined);
    await this.printTable(quarantineTable(entries, narrowed));
    return entries;
  }
}
