import { Flags } from '@oclif/core';
import { apiRequest } from '../../cli/api-request.js';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { accessFlags, archiveFlag, moneyFlags, requestFlags, splitFlags } from '../../cli/flags.js';
import { tellPerson } from '../../cli/report-failure.js';
import { interrupts, mode, notice } from '../../cli/session.js';
import { spendingRules } from '../../cli/spending-rules.js';
import { submissionTable } from '../../cli/tables/batch-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import { ERROR_ACTIONS, type ErrorCode } from '../../config/errors.js';
import type { BatchSubmission } from '../../index.js';

export default class BatchSubmit extends TickloomCommand {
  static override readonly summary = 'Have the vendor prepare data as files, which costs what it says.';
  static override readonly description =
    'Takes the flags of "ingest --api". Several schemas are several jobs. The cost is shown before anything is bought, and a person at a terminal is asked. What a job of the account, or one in the archive, has already is not submitted again. A job is loaded by "ingest --batch" once "batch list" says that it is done.';
  static override readonly examples = [
    '<%= config.bin %> batch submit --dataset GLBX.MDP3 --schema trades --symbols ES.c.0 --start 2024-01-08 --end 2024-01-13 --max-cost 5',
    'What would it cost:\n<%= config.bin %> batch submit --dataset GLBX.MDP3 --schema mbo --symbols ES.FUT --start 2024-01 --dry-run',
  ];
  static override readonly flags = {
    dataset: Flags.string({ helpValue: '<code>', summary: 'Dataset, e.g. GLBX.MDP3.' }),
    schema: Flags.string({ helpValue: '<a,b>', summary: 'Schema, e.g. trades, or several separated by commas.' }),
    symbols: requestFlags.symbols,
    'stype-in': requestFlags['stype-in'],
    start: requestFlags.start,
    end: requestFlags.end,
    limit: Flags.string({ helpValue: '<n>', summary: 'Most records of each job.' }),
    'with-definitions': requestFlags['with-definitions'],
    job: requestFlags.job,
    ...accessFlags,
    ...archiveFlag,
    ...splitFlags,
    'max-cost': moneyFlags['max-cost'],
    yes: Flags.boolean({ allowNo: true, summary: 'Buy without asking.' }),
    refetch: Flags.boolean({
      allowNo: true,
      summary: 'Submit also what an earlier job has already, and pay for it again.',
    }),
    'dry-run': Flags.boolean({ allowNo: true, summary: 'Say what would be submitted, and what it would cost.' }),
  };

  async run(): Promise<BatchSubmission> {
    const { settings } = await this.called(BatchSubmit);
    const { splitDuration, splitSymbols, splitSize, refetch, dryRun } = settings;
    const request = apiRequest(settings);
    const delivery = { splitDuration, splitSymbols, splitSize };
    const spending = spendingRules(settings);
    const tickloom = await this.open(settings);
    // not raced against the interrupt: the submission itself stops, and says what may have been bought
    const submission = await tickloom.batch.submit(
      { request, delivery, spending, again: refetch, dryRun },
      { onNote: notice, signal: interrupts.signal },
    );
    await this.printTable(submissionTable(submission));
    const failure = submission.jobs.find(({ error }) => error !== null)?.error ?? null;
    if (failure !== null) {
      process.exitCode = EXIT_CODES[ERROR_ACTIONS[failure.code as ErrorCode]];
      if (!mode.json) tellPerson(failure);
    }
    return submission;
  }
}
