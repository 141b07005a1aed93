import { databaseFlags } from '../../cli/flags.js';
import { databaseTable, tablesTable } from '../../cli/tables/database-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { DatabaseStatus } from '../../index.js';

export default class DbStatus extends TickloomCommand {
  static override readonly summary = 'Show which database is used, whether it runs, and what it holds.';
  static override readonly examples = ['<%= config.bin %> db status'];
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<DatabaseStatus> {
    const { settings } = await this.called(DbStatus);
    const status = await this.ask(settings, (tickloom) => tickloom.database.status());
    await this.printTable(databaseTable(status), tablesTable(status));
    return status;
  }
}
