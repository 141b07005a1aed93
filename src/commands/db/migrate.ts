import { databaseFlags } from '../../cli/flags.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';

export default class DbMigrate extends TickloomCommand {
  static override readonly summary = 'Bring the tables of the database up to date.';
  static override readonly description = 'Ingest does this by itself; this is for preparing a database beforehand.';
  static override readonly examples = ['<%= config.bin %> db migrate'];
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<{ applied: readonly string[] }> {
    const { settings } = await this.called(DbMigrate);
    const result = await this.ask(settings, (tickloom) => tickloom.database.migrate());
    await this.print([...result.applied.map((name) => `applied ${name}`), 'up to date', ''].join('\n'));
    return result;
  }
}
