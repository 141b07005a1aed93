import { TickloomError } from '../core/errors/index.js';
import { nearest } from '../core/text/nearest.js';

/**
 * The keys of options or of a request: `any` value, a `list`, a whole number from 1 (`count`), one of some words, or an
 * object with keys of its own. The compiler keeps it complete.
 */
export type KeysOf<T> = {
  readonly [Key in keyof T]-?: 'any' | 'list' | 'count' | readonly T[Key][] | KeysOf<NonNullable<T[Key]>>;
};

/** What every method takes beside its request; those that have no use for one of them leave it alone. */
const CALL_KEYS: Keys = { signal: 'any', reporter: 'any', onNote: 'any' };

interface Keys {
  readonly [key: string]: 'any' | 'list' | 'count' | readonly string[] | Keys;
}

/**
 * Refuses what nothing would look at: a host in JavaScript has no compiler that tells it of a typo.
 * @param of what takes the value, as it is called: `ingest`
 * @param noun what its keys are called: `option` or `key`
 * @throws USAGE for a key that is not known, with the nearest one, for what is no object, and for a value that its key cannot have
 */
export function checkKeys<T extends object>(of: string, value: T, known: KeysOf<T>, noun = 'key'): void {
  check(of, value, known as unknown as Keys, noun, '');
}

/** Checks a request, and the options of the call beside it. @throws USAGE */
export function checkCall<T extends object>(of: string, request: T, known: KeysOf<T>, options: object): void {
  checkKeys(of, request, known);
  checkKeys<object>(of, options, CALL_KEYS, 'option');
}

function check(of: string, value: unknown, known: Keys, noun: string, path: string): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = path === '' ? of : `"${path}" of ${of}`;
    throw usage(
      `${what} takes an object and was given ${kindOf(value)}`,
      `Write { ${Object.keys(known).slice(0, 3).join(', ')}, … }.`,
      {},
    );
  }
  for (const [key, given] of Object.entries(value) as [string, unknown][]) {
    const name = `${path === '' ? '' : `${path}.`}${key}`;
    const kind = Object.hasOwn(known, key) ? known[key] : undefined;
    if (kind === undefined) throw unknownKey(of, key, name, known, noun);
    if (given === undefined || kind === 'any') continue;
    if (kind === 'list') {
      if (Array.isArray(given)) continue;
      throw usage(`"${name}" of ${of} is ${kindOf(given)}, expected a list`, `Write ${key}: [ … ].`, { [noun]: name });
    } else if (kind === 'count') {
      if (Number.isSafeInteger(given) && (given as number) > 0) continue;
      throw wrongValue(of, name, given, 'a whole number, 1 or more', noun);
    } else if (isWords(kind)) {
      if (kind.includes(given as string)) continue;
      throw wrongValue(of, name, given, `one of ${kind.join(', ')}`, noun);
    } else check(of, given, kind, noun, name);
  }
}

function isWords(kind: readonly string[] | Keys): kind is readonly string[] {
  return Array.isArray(kind);
}

function wrongValue(of: string, name: string, given: unknown, expected: string, noun: string): TickloomError {
  const found = typeof given === 'string' || typeof given === 'number' ? `"${given}"` : kindOf(given);
  return usage(`"${name}" of ${of} is ${found}, expected ${expected}`, `Give it ${expected}.`, { [noun]: name });
}

function unknownKey(of: string, key: string, name: string, known: Keys, noun: string): TickloomError {
  const names = Object.keys(known);
  const meant = nearest(key, names);
  const hint = meant === undefined ? `Use ${names.join(', ')}.` : `Write "${meant}", or remove it.`;
  return usage(`unknown ${noun} "${name}" of ${of}`, hint, { [noun]: name });
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  return value === null || value === undefined ? 'nothing' : `a ${typeof value}`;
}

function usage(message: string, hint: string, context: Record<string, string>): TickloomError {
  return new TickloomError('USAGE', message, { hint, context });
}
