import type { ValidatorEntry } from '../../plugin/validation-copy.js';
import { checkSpecOf } from './check-spec.js';

/**
 * What is checked of one field, a sentence each, for `schemas show` and reference pages: `not below low`,
 * `between -1000000000 and 1000000000`, `max(9)`.
 */
export function describeChecks(entries: readonly ValidatorEntry[], field: string): string[] {
  return entries
    .filter((entry) => entry.propertyName === field && entry.type !== 'whitelistValidation')
    .map((entry) => {
      const spec = checkSpecOf(entry.constraints);
      if (spec !== undefined) return spec.summary;
      const shown = (entry.constraints ?? []).filter((constraint) => typeof constraint !== 'function');
      return `${entry.name ?? entry.type}${shown.length === 0 ? '' : `(${shown.map(show).join(', ')})`}`;
    });
}

function show(constraint: unknown): string {
  if (typeof constraint === 'bigint' || constraint instanceof RegExp) return String(constraint);
  return JSON.stringify(constraint) ?? 'undefined';
}
