import { TickloomError } from '../config/errors.js';
import { redact } from '../config/redact.js';
import type { Settings } from '../config/settings.js';
import type { SourceChoice } from '../index.js';

type Options = Readonly<Record<string, unknown>>;
type Tree = { [name: string]: string | Tree };

/**
 * The source that the settings name: one by its own name, or an entry of `sources:` in a config file, whose `source` says
 * which one it is for (left out: the one of its name). Options that were typed are put over those of the file.
 * @throws USAGE when options are given and no source is, or with an API; CONFIG_INVALID
 */
export function sourceChoice(
  { source, sourceOption = [], api }: Settings,
  sources: ReadonlyMap<string, Options>,
): SourceChoice | undefined {
  const options = typedOptions(sourceOption);
  const chosen = source ?? api;
  if (chosen === undefined) {
    if (sourceOption.length === 0) return undefined;
    throw new TickloomError('USAGE', '--source-option is given, and no source', {
      hint: 'Name the source that it is for with --source.',
    });
  }
  if (source !== undefined && api !== undefined) {
    throw new TickloomError('USAGE', `--source ${redact(source)} and --api ${redact(api)} do not go together`, {
      hint: 'Leave one of them out.',
    });
  }
  const { source: named = chosen, ...written } = sources.get(chosen) ?? {};
  if (typeof named !== 'string') {
    throw new TickloomError('CONFIG_INVALID', `"sources: ${chosen}: source" is not the name of a source`, {
      hint: 'Name the source that the options are for, e.g. "source: csv".',
    });
  }
  return { name: named, options: merged(written, options) };
}

/** `columns.price=px` to `{ columns: { price: 'px' } }`. */
function typedOptions(given: readonly string[]): Tree {
  const tree: Tree = {};
  for (const option of given) {
    const [path = '', ...rest] = option.split('=');
    const names = path.split('.');
    if (rest.length === 0 || names.some((name) => name === '' || name === '__proto__')) {
      throw new TickloomError('USAGE', `--source-option has "${redact(option)}", expected name=value`, {
        hint: 'Write options as name=value with commas between them; a.b=value sets b of a.',
      });
    }
    let branch = tree;
    for (const name of names.slice(0, -1)) {
      const next = branch[name];
      branch = typeof next === 'object' ? next : (branch[name] = {});
    }
    branch[names.at(-1) ?? ''] = rest.join('=');
  }
  return tree;
}

/** As deep as the typed options go, and no deeper: what a file holds is not walked through. */
function merged(under: Options, over: Tree): Options {
  const result: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const known = result[name];
    const isMapping = typeof known === 'object' && known !== null && !Array.isArray(known);
    result[name] = typeof value === 'object' ? merged(isMapping ? (known as Options) : {}, value) : value;
  }
  return result;
}
