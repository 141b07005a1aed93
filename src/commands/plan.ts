import { Args, Flags } from '@oclif/core';
import { apiRequest, meansApi, refuseSelection } from '../cli/api-request.js';
import { batchJob } from '../cli/batch-job.js';
import { EXIT_CODES } from '../cli/exit-codes.js';
import { batchFlag, databaseFlags, fragmentFlags, requestFlags, sourceFlags } from '../cli/flags.js';
import { notice } from '../cli/session.js';
import { sourceChoice } from '../cli/source-choice.js';
import { stdinFor } from '../cli/stdin-for.js';
import { writePlan } from '../cli/write-plan.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { PlanReport } from '../index.js';

export default class Plan extends TickloomCommand {
  static override readonly summary = 'Show what an ingest would do, and what it would cost. Buys and loads nothing.';
  static override readonly description =
    'Takes the paths of "ingest", or the flags of "ingest --api". Each part of a request is in the database already, in the archive, empty, or to be bought; the cost, size and number of records come from the API, which gives them for nothing. Ends with exit code 3 when a file cannot be read.';
  static override readonly examples = [
    '<%= config.bin %> plan --dataset GLBX.MDP3 --schema trades --symbols ES.c.0 --start 2024-01-08 --end 2024-01-13',
    'As JSON, for a job of the config file:\n<%= config.bin %> plan --job es-trades --json',
    'Which of these files are loaded already:\n<%= config.bin %> plan data/',
  ];
  static override readonly args = {
    path: Args.string({ description: 'File, folder or glob; - is stdin.', multiple: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...databaseFlags,
    ...fragmentFlags,
    ...requestFlags,
    ...batchFlag,
    ...sourceFlags,
    force: Flags.boolean({ allowNo: true, summary: 'Plan to replace what is held, from the archive where it has it.' }),
    refetch: Flags.boolean({ allowNo: true, summary: 'Plan to buy again what the archive has.' }),
  };

  async run(): Promise<PlanReport> {
    const { args, settings, typed, sources } = await this.called(Plan);
    const { dataset, schema, dbnVersion, force, refetch } = settings;
    const { path: paths = [] } = args;
    const source = sourceChoice(settings, sources);
    const batch = batchJob(settings, paths);
    if (paths.length > 0 || settings.batch !== undefined) refuseSelection(typed, settings, paths);
    const input =
      batch !== undefined
        ? { batch }
        : settings.source === undefined && (meansApi(settings, paths) || paths.length === 0)
          ? { request: apiRequest(settings) }
          : { paths, stdin: stdinFor(paths), dataset, schema, dbnVersion };
    const report = await this.ask(settings, (tickloom, signal) =>
      tickloom.plan(
        { ...input, ...(source === undefined ? {} : { source }), force, refetch },
        { onNote: notice, signal },
      ),
    );
    await writePlan(report);
    if (report.chunks.unreadable > 0) process.exitCode = EXIT_CODES['fail-chunk'];
    return report;
  }
}
