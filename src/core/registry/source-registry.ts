import { TickloomError } from '../errors/index.js';
import {
  checkSource,
  SOURCE_API_VERSION,
  sourceApiVersion,
  type SourceDefinition,
} from '../source/source-definition.js';

/** A source with where it came from. */
export interface RegisteredSource {
  readonly definition: SourceDefinition;
  /** `built in`, or the path or package that it came from. */
  readonly origin: string;
}

/** Sources that are the core's own, by what they are called with. */
const RESERVED = { files: 'paths', databento: 'query' } as const;

/** The sources that can be chosen by name. */
export class SourceRegistry {
  readonly #sources = new Map<string, RegisteredSource>();

  /**
   * Takes a source in; the very same value twice is taken once.
   * @throws PLUGIN_INVALID when it is none, or made for another version of the interface; SCHEMA_CLASH when the name is taken
   */
  add(definition: SourceDefinition, origin: string): void {
    checkSource(definition);
    const { name } = definition;
    const version = sourceApiVersion(definition);
    if (version !== SOURCE_API_VERSION) {
      throw new TickloomError(
        'PLUGIN_INVALID',
        `source "${name}" (${origin}) speaks plugin API version ${String(version)}; this Tickloom speaks ${SOURCE_API_VERSION}`,
        {
          hint:
            Number(version) > SOURCE_API_VERSION
              ? 'Update tickloom, or install an older version of the plugin.'
              : 'Install a newer version of the plugin.',
          context: { source: name, origin },
        },
      );
    }
    const known = this.#sources.get(name);
    if (known?.definition === definition) return;
    const first = name in RESERVED ? 'built in' : known?.origin;
    if (first !== undefined) {
      throw new TickloomError(
        'SCHEMA_CLASH',
        `two sources are named "${name}": one ${from(first)}, one ${from(origin)}`,
        {
          hint: 'Leave one of the two plugins out, or rename its source.',
          context: { source: name, first, second: origin },
        },
      );
    }
    this.#sources.set(name, { definition, origin });
  }

  list(): readonly RegisteredSource[] {
    return [...this.#sources.values()];
  }

  /** Names that go with `--source` (`paths`) or `--api` (`query`). */
  names(takes: 'paths' | 'query'): string[] {
    const builtIn = Object.entries(RESERVED).flatMap(([name, what]) => (what === takes ? [name] : []));
    const added = this.list().filter(({ definition }) => (definition.takes ?? 'paths') === takes);
    return [...builtIn, ...added.map(({ definition }) => definition.name)];
  }

  /**
   * A source that was added.
   * @throws SOURCE_UNKNOWN or API_UNKNOWN, with the names that are known
   */
  get(name: string, takes: 'paths' | 'query'): RegisteredSource {
    const known = this.#sources.get(name);
    if (known !== undefined && (known.definition.takes ?? 'paths') === takes) return known;
    const isOther = known !== undefined || (RESERVED as Readonly<Record<string, string>>)[name] !== undefined;
    const [code, what, other] =
      takes === 'paths'
        ? (['SOURCE_UNKNOWN', 'source', `--api ${name}`] as const)
        : (['API_UNKNOWN', 'API', `--source ${name}`] as const);
    const names = this.names(takes).join(', ');
    throw new TickloomError(code, `unknown ${what} "${name}"; known: ${names}`, {
      hint: isOther ? `Write ${other}.` : 'Name one of them, or add the plugin that brings it.',
      context: { name },
    });
  }
}

const from = (origin: string): string => (origin === 'built in' ? 'is built in' : `comes from ${origin}`);
