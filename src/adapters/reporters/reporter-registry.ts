import { TickloomError } from '../../core/errors/index.js';
import type { ProgressReporter } from '../../core/progress/progress-event.js';
import {
  checkReporter,
  type ReporterDefinition,
  type ReporterSettings,
} from '../../core/progress/reporter-definition.js';
import { BarReporter } from './bar-reporter.js';
import { ErrorsOnly } from './errors-only.js';
import { JsonReporter } from './json-reporter.js';
import { PlainReporter } from './plain-reporter.js';
import { SilentReporter } from './silent-reporter.js';

export interface ReporterChoice {
  /** Name of a reporter; default `auto`. */
  readonly name?: string;
  /** Errors only. */
  readonly quiet?: boolean;
  /** A person is likely to look: decides what `auto` means. */
  readonly interactive: boolean;
}

const BUILT_IN: readonly ReporterDefinition[] = [
  {
    name: 'bar',
    description: 'bars and totals, drawn over in place; plain lines where the terminal cannot do that',
    create: (settings) => (settings.redrawable ? new BarReporter(settings) : new PlainReporter(settings)),
  },
  {
    name: 'plain',
    description: 'a line every few seconds, for logs and pipes',
    create: (settings) => new PlainReporter(settings),
  },
  {
    name: 'json',
    description: 'one JSON object a line, for programs',
    create: (settings) => new JsonReporter(settings),
  },
  { name: 'none', description: 'nothing', create: () => new SilentReporter() },
];

/** The reporters that can be chosen by name: the built-in ones and those of plugins. */
export class ReporterRegistry {
  readonly #definitions = new Map<string, ReporterDefinition>();
  readonly #origins = new Map<string, string>();

  constructor(more: readonly ReporterDefinition[] = []) {
    for (const definition of [...BUILT_IN, ...more]) this.add(definition);
  }

  /**
   * Takes a reporter in; the very same value twice is taken once.
   * @param origin `built in`, or the path or package that it came from
   * @throws PLUGIN_INVALID when the name is taken or no name
   */
  add(definition: ReporterDefinition, origin = 'built in'): void {
    checkReporter(definition);
    const { name } = definition;
    if (this.#definitions.get(name) === definition) return;
    if (name === 'auto' || this.#definitions.has(name)) {
      throw new TickloomError(
        'PLUGIN_INVALID',
        `cannot add a progress reporter named "${name}" (${origin}): the name is taken (${this.#origins.get(name) ?? 'built in'})`,
        {
          hint: `Give the reporter a name other than ${this.names().join(', ')}.`,
          context: { reporter: name },
        },
      );
    }
    this.#definitions.set(name, definition);
    this.#origins.set(name, origin);
  }

  /** Names that `--progress` takes, `auto` first. */
  names(): string[] {
    return ['auto', ...this.#definitions.keys()];
  }

  list(): readonly ReporterDefinition[] {
    return [...this.#definitions.values()];
  }

  /**
   * Makes the reporter of a run. `auto` is `bar` where a person looks at a terminal, else `plain`. Quiet shows errors
   * only: as JSON with `json`, not at all with `none`, else as plain lines.
   * @throws REPORTER_UNKNOWN, with the names that are known.
   */
  create(choice: ReporterChoice, settings: ReporterSettings): ProgressReporter {
    const name = choice.name ?? 'auto';
    const definition = this.#find(name === 'auto' ? (choice.interactive ? 'bar' : 'plain') : name);
    if (choice.quiet !== true) return definition.create(settings);
    const lines = name === 'json' || name === 'none' ? definition : this.#find('plain');
    return new ErrorsOnly(lines.create(settings));
  }

  #find(name: string): ReporterDefinition {
    const definition = this.#definitions.get(name);
    if (definition !== undefined) return definition;
    throw new TickloomError(
      'REPORTER_UNKNOWN',
      `unknown progress reporter "${name}"; known: ${this.names().join(', ')}`,
      {
        hint: 'Choose one of them with --progress, or add the plugin that brings it.',
        context: { reporter: name },
      },
    );
  }
}
