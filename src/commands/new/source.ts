import { nameArgument, scaffoldFlags } from '../../cli/scaffold-flags.js';
import { scaffoldText } from '../../cli/scaffold-text.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ScaffoldResult } from '../../index.js';

export default class NewSource extends TickloomCommand {
  static override readonly summary =
    'Write the package of a source: a reader of files of its own, contract suite, sample.';
  static override readonly examples = [
    '<%= config.bin %> new source acme-ticks',
    'Somewhere else:\n<%= config.bin %> new source acme-ticks --output plugins/acme',
  ];
  static override readonly args = { name: nameArgument('source') };
  static override readonly flags = scaffoldFlags;

  async run(): Promise<ScaffoldResult> {
    const { args, settings } = await this.called(NewSource);
    const { output: folder, language } = settings;
    const result = await this.ask(settings, (tickloom) =>
      tickloom.scaffold({ kind: 'source', name: args.name, folder, language }),
    );
    await this.print(scaffoldText(result));
    return result;
  }
}
