import type { ValidationError } from 'class-validator';
import { checkSpecOf } from '../model/checks/check-spec.js';
import type { ValidationCopy, ValidatorEntry } from '../plugin/validation-copy.js';
import type { RejectionReason } from '../quarantine/rejection.js';
import { redact } from '../text/redact.js';

/** Everything that the checks of the model have against an instance; one that throws has that against it. */
export function checkedBy(
  validation: ValidationCopy,
  instance: object,
  entries: readonly ValidatorEntry[],
): RejectionReason[] {
  try {
    return reasonsOf(validation.validate(instance), entries);
  } catch (error) {
    return [{ code: 'check-failed', field: null, message: `a check failed: ${whyOf(error)}` }];
  }
}

/** What code of a plugin threw, in words that may be kept. */
export function whyOf(error: unknown): string {
  return redact(error instanceof Error ? error.message : String(error));
}

/**
 * What `validateSync` found, in words. The code of a reason is that of our own checks, or the `code` in the context
 * that a validator was given (`{ context: { code: 'odd-lot' } }`), or the validator's name.
 */
function reasonsOf(errors: readonly ValidationError[], entries: readonly ValidatorEntry[]): RejectionReason[] {
  return errors.flatMap((error) => {
    const { property, constraints = {}, children = [] } = error;
    const own = Object.entries(constraints).map(([name, message]): RejectionReason => {
      const code = codeOfCheck(error, name, entries) ?? codeOfContext(error, name) ?? kebab(name);
      return { code, field: property ?? null, message };
    });
    return [...own, ...reasonsOf(children, entries)];
  });
}

function codeOfCheck(
  { property, value }: ValidationError,
  name: string,
  entries: readonly ValidatorEntry[],
): string | undefined {
  const entry = entries.find((candidate) => candidate.propertyName === property && candidate.name === name);
  return checkSpecOf(entry?.constraints)?.codeOf(value);
}

function codeOfContext({ contexts }: ValidationError, name: string): string | undefined {
  const context: unknown = contexts?.[name];
  if (typeof context !== 'object' || context === null || !('code' in context)) return undefined;
  return typeof context.code === 'string' ? context.code : undefined;
}

function kebab(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
