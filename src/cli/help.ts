import { format } from 'node:util';
import { CommandHelp, Help, type Command } from '@oclif/core';
import { jsonText } from './json-text.js';
import { mode, streams } from './session.js';

/** Help of a command: the examples come first, because a line to copy says more than a page. */
class ExamplesFirst extends CommandHelp {
  protected override sections(): ReturnType<CommandHelp['sections']> {
    const sections = super.sections();
    const isExample = ({ header }: { header: string }): boolean => header.startsWith('EXAMPLE');
    return [...sections.filter(isExample), ...sections.filter((section) => !isExample(section))];
  }
}

/** oclif's help, on the real stdout, opening with an example; a list of commands where `--json` meets a topic. */
export default class TickloomHelp extends Help {
  protected override CommandHelpClass = ExamplesFirst;

  override async showHelp(args: string[]): Promise<void> {
    if (mode.json && !mode.help) {
      const [topic] = args.filter((argument) => !argument.startsWith('-'));
      await streams.writeData(`${jsonText({ commands: this.#commands(topic) }, 2)}\n`);
    } else {
      await super.showHelp(args);
    }
  }

  override formatRoot(): string {
    const example = [
      '$ tickloom sample --schema trades --output trades.dbn.zst',
      '$ tickloom ingest trades.dbn.zst',
      '$ tickloom query "select symbol, count(*) from trades group by symbol"',
    ].join('\n');
    const [summary = '', ...rest] = super.formatRoot().split('\n\n');
    return [summary, this.section('EXAMPLE', example), ...rest].join('\n\n');
  }

  protected override log(...args: string[]): void {
    void streams.writeData(`${format(...args)}\n`).catch(() => undefined);
  }

  #commands(topic: string | undefined): { command: string; summary: string }[] {
    const below = (command: Command.Loadable): boolean => topic === undefined || command.id.startsWith(`${topic}:`);
    return this.sortedCommands.filter(below).map((command) => ({
      command: command.id.replaceAll(':', ' '),
      summary: this.summary(command) ?? '',
    }));
  }
}
