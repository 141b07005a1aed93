import { TickloomError } from '../core/errors/index.js';
import type { ReplaceableParts, Replacements } from './replaceable-parts.js';

const TOKENS: Readonly<Record<keyof ReplaceableParts, true>> = {
  clock: true,
  sink: true,
  ledger: true,
  quarantine: true,
  replay: true,
  export: true,
  verify: true,
  http: true,
  archive: true,
  jobs: true,
  originals: true,
  files: true,
  decompress: true,
  reporter: true,
};

/** @throws USAGE for a part that there is not, and for a replacement that is no function */
export function checkReplacements(replace: Replacements): void {
  for (const [token, replacement] of Object.entries(replace)) {
    if (!Object.hasOwn(TOKENS, token)) {
      throw new TickloomError('USAGE', `no part "${token}" can be replaced; known: ${Object.keys(TOKENS).join(', ')}`, {
        hint: 'Name one of the known parts.',
        context: { part: token },
      });
    }
    if (replacement !== undefined && typeof replacement !== 'function') {
      throw new TickloomError('USAGE', `the replacement of "${token}" is no function`, {
        hint: `Write replace: { ${token}: (original) => … }.`,
        context: { part: token },
      });
    }
  }
}

/** The part, or what takes its place. */
export function replacePart<Token extends keyof ReplaceableParts>(
  replace: Replacements,
  token: Token,
  original: ReplaceableParts[Token],
): ReplaceableParts[Token] {
  return replace[token]?.(original) ?? original;
}
