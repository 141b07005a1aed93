import { Args } from '@oclif/core';
import { databaseFlags } from '../../cli/flags.js';
import { findRun } from '../../cli/find-run.js';
import { chunkTable, runDetailsTable } from '../../cli/tables/run-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { RunDetails } from '../../index.js';

export default class RunsShow extends TickloomCommand {
  static override readonly summary = 'Show what a run did, chunk by chunk.';
  static override readonly examples = [
    'The latest run:\n<%= config.bin %> runs show latest',
    'A run by the beginning of its id:\n<%= config.bin %> runs show 3f2a',
  ];
  static override readonly args = {
    id: Args.string({ description: 'Id of the run or its beginning, or "latest".', required: true, ignoreStdin: true }),
  };
  static override readonly flags = { ...databaseFlags };

  async run(): Promise<RunDetails> {
    const { args, settings } = await this.called(RunsShow);
    const run = await this.ask(settings, (tickloom) => findRun(tickloom, args.id));
    await this.printTable(runDetailsTable(run), chunkTable(run.details));
    return run;
  }
}
