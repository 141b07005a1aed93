import { databaseFlags } from '../../cli/flags.js';
import { databaseTable } from '../../cli/tables/database-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { DatabaseStatus } from '../../index.js';

export default class DbStart extends TickloomCommand {
  static override readonly summary = 'Start the embedded server and leave it running.';
  static override readonly examples = ['<%= config.bin %> db start'];
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<DatabaseStatus> {
    const { settings } = await this.called(DbStart);
    const status = await this.ask(settings, (tickloom) => tickloom.database.start());
    await this.printTable(databaseTable(status));
    return status;
  }
}
