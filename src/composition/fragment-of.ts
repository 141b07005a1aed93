import { TickloomError } from '../core/errors/index.js';
import type { FragmentDeclaration } from '../core/source/source.js';
import type { FragmentOptions } from './fragment-options.js';

/**
 * How streams without a header are to be read; `null` when nothing was said of it.
 * @throws USAGE when only a part was said
 */
export function fragmentOf({ dataset, schema, dbnVersion }: FragmentOptions): FragmentDeclaration | null {
  if (dataset === undefined && schema === undefined && dbnVersion === undefined) return null;
  if (dataset !== undefined && schema !== undefined && dbnVersion !== undefined) {
    return { dataset, schema, version: dbnVersion, tsOut: false };
  }
  const missing = Object.entries({ dataset, schema, 'dbn-version': dbnVersion }).filter(
    ([, value]) => value === undefined,
  );
  const names = missing.map(([name]) => `--${name}`).join(' and ');
  throw new TickloomError('USAGE', `a fragment needs dataset, schema and DBN version; missing: ${names}`, {
    hint: 'Give all three for files without a header, and none for files that have one.',
  });
}
