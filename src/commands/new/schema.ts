import { nameArgument, scaffoldFlags } from '../../cli/scaffold-flags.js';
import { scaffoldText } from '../../cli/scaffold-text.js';
import { TickloomCommand } from '../../cli/tickloom-command.js';
import type { ScaffoldResult } from '../../index.js';

export default class NewSchema extends TickloomCommand {
  static override readonly summary = 'Write the package of a schema plugin: model, contract suite, sample.';
  static override readonly examples = [
    '<%= config.bin %> new schema spread-quotes',
    'Without a build:\n<%= config.bin %> new schema spread-quotes --language js',
  ];
  static override readonly args = { name: nameArgument('schema') };
  static override readonly flags = scaffoldFlags;

  async run(): Promise<ScaffoldResult> {
    const { args, settings } = await this.called(NewSchema);
    const { output: folder, language } = settings;
    const result = await this.ask(settings, (tickloom) =>
      tickloom.scaffold({ kind: 'schema', name: args.name, folder, language }),
    );
    await this.print(scaffoldText(result));
    return result;
  }
}
