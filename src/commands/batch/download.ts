import { Args, Flags } from '@oclif/core';
import { accessFlags, archiveFlag } from '../../cli/flags.js';
import { interrupts, notice } from '../../cli/session.js';
import { downloadTables } from '../../cli/tables/batch-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { BatchDownload as Download } from '../../index.js';

export default class BatchDownload extends TickloomCommand {
  static override readonly summary = 'Download the files of a finished batch job. Costs nothing, as often as you like.';
  static override readonly description =
    'They go into the archive, where ingests and plans find them also after the job has expired; with --output into a folder of yours. A download that was interrupted goes on where it was; sizes and SHA-256 are enforced.';
  static override readonly examples = [
    '<%= config.bin %> batch download GLBX-20240610-5DEFXVTMSM',
    'Into data/GLBX-20240610-5DEFXVTMSM:\n<%= config.bin %> batch download GLBX-20240610-5DEFXVTMSM --output data',
  ];
  static override readonly args = {
    job: Args.string({ description: 'Id of the job, see "batch list".', required: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...accessFlags,
    ...archiveFlag,
    output: Flags.string({
      helpValue: '<folder>',
      summary: 'Put a folder of the job into this one instead of into the archive.',
    }),
  };

  async run(): Promise<Download> {
    const { args, settings } = await this.called(BatchDownload);
    const tickloom = await this.open(settings);
    // not raced against the interrupt: the download itself stops, and says that what arrived is kept
    const download = await tickloom.batch.download(
      { jobId: args.job, output: settings.output },
      { onNote: notice, signal: interrupts.signal },
    );
    await this.printTable(...downloadTables(download));
    return download;
  }
}
