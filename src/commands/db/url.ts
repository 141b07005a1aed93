import { databaseFlags } from '../../cli/flags.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';

export default class DbUrl extends TickloomCommand {
  static override readonly summary = 'Print the URL of the database, with its password, for psql and others.';
  static override readonly examples = ['<%= config.bin %> db url', 'psql "$(<%= config.bin %> db url)"'];
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<{ url: string }> {
    const { settings } = await this.called(DbUrl);
    const url = await this.ask(settings, (tickloom) => tickloom.database.url());
    await this.print(`${url}\n`);
    return { url };
  }
}
