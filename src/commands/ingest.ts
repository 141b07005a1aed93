import { Args, Flags } from '@oclif/core';
import { apiRequest, meansApi, refuseSelection } from '../cli/api-request.js';
import { commandLine } from '../cli/command-line.js';
import { batchJob } from '../cli/batch-job.js';
import {
  batchFlag,
  databaseFlags,
  fragmentFlags,
  moneyFlags,
  requestFlags,
  sourceFlags,
  storageFlags,
} from '../cli/flags.js';
import { sourceChoice } from '../cli/source-choice.js';
import { spendingRules } from '../cli/spending-rules.js';
import { runIngest } from '../cli/run-ingest.js';
import { stdinFor } from '../cli/stdin-for.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { PlanReport, RunReport } from '../index.js';

export default class Ingest extends TickloomCommand {
  static override readonly summary = 'Load DBN files, or data from an API, into the database, exactly once.';
  static override readonly description =
    'What is loaded already is recognised by what it covers and holds, so the same command can be run again at any time: it goes on where it stopped. What is bought from an API is kept in the archive and never bought again; the cost is shown before anything is bought, and a person at a terminal is asked.';
  static override readonly examples = [
    'Make a file to try it with, and load it:\n<%= config.bin %> sample --schema trades --output trades.dbn.zst\n<%= config.bin %> ingest trades.dbn.zst',
    'Load all files below a folder into a database of yours:\n<%= config.bin %> ingest --database postgresql://localhost/market data/',
    'Buy two days of trades, for at most 5 US dollars:\n<%= config.bin %> ingest --api databento --dataset GLBX.MDP3 --schema trades --symbols ES.c.0 --start 2024-01-09 --end 2024-01-11 --max-cost 5',
    'Load a batch job that is finished, downloading what is missing of it:\n<%= config.bin %> ingest --batch GLBX-20240610-5DEFXVTMSM',
    'Load a vendor\'s bars, with the mapping that the config file has under "sources: acme":\n<%= config.bin %> ingest --source acme bars/*.csv',
    'Read from a pipe:\n<%= config.bin %> ingest - < trades.dbn.zst',
    'Load a fragment, a stream without a header:\n<%= config.bin %> ingest --dataset GLBX.MDP3 --schema trades --dbn-version 3 part.dbn.frag',
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
    ...moneyFlags,
    force: Flags.boolean({ allowNo: true, summary: 'Replace what is held, instead of comparing with it.' }),
    refetch: Flags.boolean({ allowNo: true, summary: 'Replace what is held, and buy again what the archive has.' }),
    'dry-run': Flags.boolean({
      allowNo: true,
      summary: 'Say what would be loaded and what is held already; load nothing, buy nothing.',
    }),
    concurrency: Flags.string({
      helpValue: '<n>',
      summary: 'Connections to load over: for chunks at the same time, and for parts of large ones. [default: 1]',
    }),
    workers: Flags.string({
      helpValue: '<n|auto>',
      summary: 'Threads that decode, check and encode; 0 for none. [default: auto, those that pay]',
    }),
    index: Flags.string({
      options: ['brin', 'btree', 'none'],
      summary: 'Index of new tables; a btree is made when the first load is over. [default: brin]',
    }),
    ...storageFlags,
    'on-error': Flags.string({
      options: ['continue', 'stop'],
      summary: 'What a chunk that fails does to the others. [default: continue]',
    }),
    'lock-timeout': Flags.string({
      helpValue: '<seconds>',
      summary: 'How long to wait for another run that loads the same data. [default: 60]',
    }),
    'max-rejected': Flags.string({
      helpValue: '<n|share>',
      summary: 'A file with more rejected records fails as a whole: 100, 1% or 0.01. [default: any number]',
    }),
    progress: Flags.string({
      helpValue: '<name>',
      summary: 'auto, bar, plain, json, none, or the name of a reporter. [default: auto]',
    }),
    quiet: Flags.boolean({ allowNo: true, summary: 'Show errors only.' }),
  };

  async run(): Promise<RunReport | PlanReport> {
    const { args, settings, typed, sources } = await this.called(Ingest);
    const { dataset, schema, dbnVersion, force, refetch, dryRun, concurrency, onError } = settings;
    const { lockTimeout, maxRejected, workers, yes } = settings;
    const { path: paths = [] } = args;
    const source = sourceChoice(settings, sources);
    const batch = batchJob(settings, paths);
    refuseSelection(typed, settings, paths);
    const input =
      batch !== undefined
        ? { paths, batch }
        : settings.source === undefined && meansApi(settings, paths)
          ? { paths, request: apiRequest(settings), spending: spendingRules(settings) }
          : { paths, stdin: stdinFor(paths), dataset, schema, dbnVersion };
    const command = commandLine(process.argv.slice(2));
    const tickloom = await this.open(settings);
    const how = { force, refetch, confirmEmpty: yes, dryRun, concurrency, workers, onError, lockTimeout, maxRejected };
    return runIngest(tickloom, { ...input, ...(source === undefined ? {} : { source }), ...how, command }, settings);
  }
}
