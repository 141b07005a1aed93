import { databaseFlags, limitFlag } from '../../cli/flags.js';
import { runTable } from '../../cli/tables/run-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { RunSummary } from '../../index.js';

export default class RunsList extends TickloomCommand {
  static override readonly summary = 'List runs, the latest first.';
  static override readonly examples = ['<%= config.bin %> runs list', '<%= config.bin %> runs list --limit 100 --json'];
  static override readonly flags = { ...databaseFlags, limit: limitFlag('How many at most. [default: 20]') };

  async run(): Promise<RunSummary[]> {
    const { settings } = await this.called(RunsList);
    const runs = await this.ask(settings, (tickloom, signal) =>
      tickloom.runs.list({ limit: settings.limit ?? 20, signal }),
    );
    await this.printTable(runTable(runs));
    return runs;
  }
}
