import { archiveFlag, dataFlags } from '../../cli/flags.js';
import { archiveTable } from '../../cli/tables/archive-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ArchivedRequest } from '../../index.js';

export default class ArchiveList extends TickloomCommand {
  static override readonly summary = 'List what was bought and is kept in the archive.';
  static override readonly examples = [
    '<%= config.bin %> archive list',
    '<%= config.bin %> archive list --dataset GLBX.MDP3 --schema trades',
  ];
  static override readonly flags = { ...archiveFlag, ...dataFlags };

  async run(): Promise<ArchivedRequest[]> {
    const { settings } = await this.called(ArchiveList);
    const { dataset, schema } = settings;
    const entries = await this.ask(settings, (tickloom, signal) =>
      tickloom.archive.list({ dataset, schema }, { signal }),
    );
    await this.printTable(archiveTable(entries, dataset !== undefined || schema !== undefined));
    return entries;
  }
}
