import { Args, Flags } from '@oclif/core';
import { entrySelection } from '../../cli/entry-selection.js';
import { databaseFlags, dataFlags, entryFlags } from '../../cli/flags.js';
import { required } from '../../cli/required.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import { TickloomError } from '../../config/errors.js';

export default class QuarantineDrop extends TickloomCommand {
  static override readonly summary = 'Give quarantined records up, with the reason.';
  static override readonly description =
    'Dropped records are not tried again and not exported; they stay to be looked at. Only open ones are dropped.';
  static override readonly examples = [
    '<%= config.bin %> quarantine drop 3 4 --reason "test messages of the venue"',
    'By what they are:\n<%= config.bin %> quarantine drop --schema trades --chunk 1 --yes --reason "a bad day"',
  ];
  static override readonly args = {
    id: Args.string({ description: 'Numbers of entries, from quarantine list.', multiple: true, ignoreStdin: true }),
  };
  static override readonly flags = {
    ...databaseFlags,
    ...dataFlags,
    ...entryFlags,
    reason: Flags.string({ helpValue: '<text>', summary: 'Why; kept with the records. Needed.' }),
    yes: Flags.boolean({ allowNo: true, summary: 'Drop all that the filters pick, without their numbers.' }),
  };

  async run(): Promise<{ readonly dropped: number }> {
    const { args, settings } = await this.called(QuarantineDrop);
    const { reason } = required(settings, 'reason');
    const selection = entrySelection(args.id, settings);
    const { ids, ...filters } = selection;
    if (ids === undefined) requireConsent(Object.values(filters), settings.yes === true);
    const result = await this.ask(settings, (tickloom, signal) =>
      tickloom.quarantine.drop({ ...selection, reason }, { signal }),
    );
    await this.print(`${result.dropped} dropped\n`);
    return result;
  }
}

/** Without numbers many may be meant: at least a filter, and a yes. @throws USAGE */
function requireConsent(filters: readonly unknown[], yes: boolean): void {
  if (filters.every((filter) => filter === undefined)) {
    throw new TickloomError('USAGE', 'nothing says which quarantined records to drop', {
      hint: 'Give their numbers, or filters and --yes.',
    });
  }
  if (!yes) {
    throw new TickloomError('USAGE', 'all quarantined records that the filters pick would be dropped', {
      hint: 'Add --yes if that is meant; "tickloom quarantine list" shows them.',
    });
  }
}
