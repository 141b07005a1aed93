import { databaseFlags, storageFlags } from '../../cli/flags.js';
import { notice } from '../../cli/session.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { MigrationResult } from '../../index.js';
import { counted } from '../../config/counted.js';

export default class DbMigrate extends TickloomCommand {
  static override readonly summary = 'Bring the tables of the database up to date.';
  static override readonly description =
    'Ingest does this by itself; this is for preparing a database beforehand. With --storage timescale, tables that are plain become hypertables, one at a time: all of its rows are found again afterwards, or a table stays as it was.';
  static override readonly examples = [
    '<%= config.bin %> db migrate',
    'Move the tables of a database into hypertables, and compress what is older than a week:\n<%= config.bin %> db migrate --storage timescale --compress-after 7d',
    'Have bars of a minute and of a day of the trades, from now on:\n<%= config.bin %> db migrate --bars 1m,1d',
  ];
  static override readonly flags = { ...databaseFlags, ...storageFlags };

  async run(): Promise<MigrationResult> {
    const { settings } = await this.called(DbMigrate);
    const result = await this.ask(settings, (tickloom, signal) => tickloom.migrate({ onNote: notice, signal }));
    const lines = [
      ...result.applied.map((name) => `applied ${name}`),
      ...result.moved.map(({ table, rows }) => `moved ${table}, ${counted(rows, 'row')}`),
      ...result.intervals.map(({ table, hours }) => `new partitions of ${table} span ${counted(hours, 'hour')}`),
      ...result.bars.map(({ name, kind }) => `made ${name}, a ${kind}`),
    ];
    await this.print([...lines, 'up to date', ''].join('\n'));
    return result;
  }
}
