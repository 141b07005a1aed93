import { Args } from '@oclif/core';
import { databaseFlags, dataFlags, entryFlags } from '../../cli/flags.js';
import { EXIT_CODES } from '../../cli/exit-codes.js';
import { entrySelection } from '../../cli/entry-selection.js';
import { notice } from '../../cli/session.js';
import { replayTable } from '../../cli/tables/quarantine-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ReplayReport } from '../../index.js';

export default class QuarantineReplay extends TickloomCommand {
  static override readonly summary = 'Try quarantined records again, after a plugin has changed.';
  static override readonly description =
    'Each open entry goes through the plugin that serves its schema now. What is a row now lands at its place in its chunk, once, with the symbol of its day; what still is none stays, with its new reasons. The exit code is 3 when some stay.';
  static override readonly examples = [
    'Everything that is open:\n<%= config.bin %> quarantine replay',
    'Two entries:\n<%= config.bin %> quarantine replay 3 4',
    'What one plugin rejected in one chunk:\n<%= config.bin %> quarantine replay --plugin trades --chunk 1',
  ];
  static override readonly args = {
    id: Args.string({ description: 'Numbers of entries, from quarantine list.', multiple: true, ignoreStdin: true }),
  };
  static override readonly flags = { ...databaseFlags, ...dataFlags, ...entryFlags };

  async run(): Promise<ReplayReport> {
    const { args, settings } = await this.called(QuarantineReplay);
    const selection = entrySelection(args.id, settings);
    const report = await this.ask(settings, (tickloom, signal) =>
      tickloom.quarantine.replay(selection, { onNote: notice, signal }),
    );
    await this.printTable(replayTable(report));
    if (report.status === 'incomplete') process.exitCode = EXIT_CODES['fail-chunk'];
    return report;
  }
}
