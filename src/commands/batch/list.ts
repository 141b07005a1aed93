import { Flags } from '@oclif/core';
import { accessFlags, archiveFlag } from '../../cli/flags.js';
import { notice } from '../../cli/session.js';
import { batchJobsTable } from '../../cli/tables/batch-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { BatchJobSummary } from '../../index.js';

export default class BatchList extends TickloomCommand {
  static override readonly summary =
    'List the batch jobs of the account: their states, what they hold, when they expire.';
  static override readonly description = 'Costs nothing. Without --states, all jobs that have not expired.';
  static override readonly examples = [
    '<%= config.bin %> batch list',
    'Those that can be loaded:\n<%= config.bin %> batch list --states done',
  ];
  static override readonly flags = {
    ...accessFlags,
    ...archiveFlag,
    states: Flags.string({
      helpValue: '<a,b>',
      summary: 'Only jobs in these states, separated by commas: queued, processing, done, expired.',
    }),
    since: Flags.string({ helpValue: '<time>', summary: 'Only jobs received since: a day, a time, or ns; UTC.' }),
  };

  async run(): Promise<BatchJobSummary[]> {
    const { settings } = await this.called(BatchList);
    const { states, since } = settings;
    const jobs = await this.ask(settings, (tickloom, signal) =>
      tickloom.batch.list({ states, since }, { onNote: notice, signal }),
    );
    await this.printTable(batchJobsTable(jobs));
    return jobs;
  }
}
