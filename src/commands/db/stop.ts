import { databaseFlags } from '../../cli/flags.js';
import { databaseTable } from '../../cli/tables/database-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { DatabaseStatus } from '../../index.js';

export default class DbStop extends TickloomCommand {
  static override readonly summary = 'Stop the embedded server.';
  static override readonly examples = ['<%= config.bin %> db stop'];
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<DatabaseStatus> {
    const { settings } = await this.called(DbStop);
    const status = await this.ask(settings, (tickloom) => tickloom.database.stop());
    await this.printTable(databaseTable(status));
    return status;
  }
}
