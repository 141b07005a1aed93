import { Args, Flags } from '@oclif/core';
import { commandLine } from '../cli/command-line.js';
import { databaseFlags, fragmentFlags } from '../cli/flags.js';
import { runIngest } from '../cli/run-ingest.js';
import { stdinFor } from '../cli/stdin-for.js';
import { TickloomCommand } from '../cli/tickloom-command.js';
import type { RunReport } from '../index.js';

export default class Ingest extends TickloomCommand {
  static override readonly summary = 'Load DBN files into the database, each exactly once.';
  static override readonly description =
    'Files that are loaded already are recognised by what they cover and hold, so the same command can be run again at any time: it goes on where it stopped.';
  static override readonly examples = [
    'Make a file to try it with, and load it:\n<%= config.bin %> sample --schema trades --output trades.dbn.zst\n<%= config.bin %> ingest trades.dbn.zst',
    'Load all files below a folder into a database of yours:\n<%= config.bin %> ingest --database postgresql://localhost/market data/',
    'Read from a pipe:\n<%= config.bin %> ingest - < trades.dbn.zst',
    'Load a fragment, a stream without a header:\n<%= config.bin %> ingest --dataset GLBX.MDP3 --schema trades --dbn-version 3 part.dbn.frag',
  ];
  static override readonly args = {
    path: Args.string({ description: 'File, folder or glob; - is stdin.', multiple: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...databaseFlags,
    ...fragmentFlags,
    force: Flags.boolean({ allowNo: true, summary: 'Replace what is held, instead of comparing with it.' }),
    yes: Flags.boolean({
      allowNo: true,
      summary: 'Confirm what asks for it: --force with a file that has no records removes what is held.',
    }),
    'dry-run': Flags.boolean({
      allowNo: true,
      summary: 'Say what would be loaded and what is held already; load nothing.',
    }),
    concurrency: Flags.string({ helpValue: '<n>', summary: 'Files in work at the same time. [default: 1]' }),
    index: Flags.string({ options: ['brin', 'btree', 'none'], summary: 'Index of new tables. [default: brin]' }),
    'on-error': Flags.string({
      options: ['continue', 'stop'],
      summary: 'What a file that fails does to the others. [default: continue]',
    }),
    'lock-timeout': Flags.string({
      helpValue: '<seconds>',
      summary: 'How long to wait for another run that loads the same data. [default: 60]',
    }),
    progress: Flags.string({
      helpValue: '<name>',
      summary: 'auto, bar, plain, json, none, or the name of a reporter. [default: auto]',
    }),
    quiet: Flags.boolean({ allowNo: true, summary: 'Show errors only.' }),
  };

  async run(): Promise<RunReport> {
    const { args, settings } = await this.called(Ingest);
    const { dataset, schema, dbnVersion, force, dryRun, concurrency, onError, lockTimeout, yes } = settings;
    const { path: paths = [] } = args;
    const input = { paths, stdin: stdinFor(paths), dataset, schema, dbnVersion };
    const command = commandLine(process.argv.slice(2));
    const tickloom = await this.open(settings);
    const how = { force, confirmEmpty: yes, dryRun, concurrency, onError, lockTimeout };
    return runIngest(tickloom, { ...input, ...how, command }, settings);
  }
}
