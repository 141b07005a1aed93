import { Args, Flags } from '@oclif/core';
import { accessFlags, requestFlags } from '../../cli/flags.js';
import { required } from '../../cli/required.js';
import { notice } from '../../cli/session.js';
import { resolvedSymbolsTable } from '../../cli/tables/symbols-table.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ResolvedSymbols } from '../../index.js';

export default class SymbolsResolve extends TickloomCommand {
  static override readonly summary = 'Ask the API what symbols mean on which days. Costs nothing.';
  static override readonly examples = [
    'Which contract was the front month, and when it rolled:\n<%= config.bin %> symbols resolve ES.c.0 --dataset GLBX.MDP3 --start 2024-03-01 --end 2024-04-01',
    'The raw symbol of an instrument:\n<%= config.bin %> symbols resolve 17077 --dataset GLBX.MDP3 --stype-in instrument_id --stype-out raw_symbol --start 2024-03-01',
  ];
  static override readonly args = {
    symbols: Args.string({
      description: 'Symbols, separated by commas; instead of --symbols.',
      ignoreStdin: true,
    }),
  };
  static override readonly flags = {
    ...accessFlags,
    api: requestFlags.api,
    dataset: Flags.string({ helpValue: '<code>', summary: 'Dataset, e.g. GLBX.MDP3.' }),
    symbols: requestFlags.symbols,
    'stype-in': requestFlags['stype-in'],
    'stype-out': Flags.string({
      options: ['instrument_id', 'raw_symbol'],
      summary: 'What they are to be turned into. [default: instrument_id]',
    }),
    start: Flags.string({ aliases: ['start-date'], helpValue: '<day>', summary: 'First day, UTC. Also --start-date.' }),
    end: Flags.string({ aliases: ['end-date'], helpValue: '<day>', summary: 'Day to end before. Also --end-date.' }),
  };

  async run(): Promise<ResolvedSymbols> {
    const { args, settings } = await this.called(SymbolsResolve);
    if (args.symbols !== undefined) settings.symbols = args.symbols.split(',').map((symbol) => symbol.trim());
    const { dataset, symbols, start } = required(settings, 'dataset', 'symbols', 'start');
    const { api, stypeIn, stypeOut, end } = settings;
    const request = { api, dataset, symbols, stypeIn, stypeOut, start, end };
    const resolved = await this.ask(settings, (tickloom, signal) =>
      tickloom.symbols.resolve(request, { onNote: notice, signal }),
    );
    await this.printTable(resolvedSymbolsTable(resolved));
    return resolved;
  }
}
