import type { ValidatorEntry } from '../plugin/validation-copy.js';
import { rangeOf, type FieldType } from '../model/wire-types.js';
import { classValidator } from '../validation/class-validator-parts.js';

type Judge = (value: unknown, constraints: readonly unknown[]) => boolean;

/** What class-validator's own validators say of a value, by the name they carry in its metadata. */
const STANDARD: Readonly<Record<string, Judge>> = {
  equals: (value, [other]) => classValidator().equals(value, other),
  isBoolean: (value) => classValidator().isBoolean(value),
  isDefined: (value) => classValidator().isDefined(value),
  isDivisibleBy: (value, [divisor]) => classValidator().isDivisibleBy(value, divisor as number),
  isEmpty: (value) => classValidator().isEmpty(value),
  isIn: (value, [list]) => classValidator().isIn(value, list as unknown[]),
  isInt: (value) => classValidator().isInt(value),
  isLength: (value, [least, most]) => classValidator().length(value, least as number, most as number),
  isNegative: (value) => classValidator().isNegative(value),
  isNotEmpty: (value) => classValidator().isNotEmpty(value),
  isNotIn: (value, [list]) => classValidator().isNotIn(value, list as unknown[]),
  isNumber: (value, [options]) => classValidator().isNumber(value, options as object | undefined),
  isPositive: (value) => classValidator().isPositive(value),
  isString: (value) => classValidator().isString(value),
  matches: (value, [pattern, modifiers]) =>
    classValidator().matches(value as string, pattern as string, modifiers as string),
  max: (value, [bound]) => classValidator().max(value, bound as number),
  maxLength: (value, [bound]) => classValidator().maxLength(value, bound as number),
  min: (value, [bound]) => classValidator().min(value, bound as number),
  minLength: (value, [bound]) => classValidator().minLength(value, bound as number),
  notEquals: (value, [other]) => classValidator().notEquals(value, other),
};

/** Where its verdict depends on the number alone and can be written as a comparison: source text in terms of `v`. */
const COMPARISONS: Readonly<Record<string, (constraints: readonly unknown[]) => string>> = {
  equals: ([other]) => `v === ${String(other)}`,
  isDefined: () => 'true',
  isEmpty: () => 'false',
  isIn: ([list]) => (list as number[]).map((value) => `v === ${value}`).join(' || ') || 'false',
  isInt: () => 'true',
  isNegative: () => 'v < 0',
  isNotEmpty: () => 'true',
  isNotIn: ([list]) => (list as number[]).map((value) => `v !== ${value}`).join(' && ') || 'true',
  isNumber: () => 'true',
  isPositive: () => 'v > 0',
  max: ([bound]) => `v <= ${String(bound)}`,
  min: ([bound]) => `v >= ${String(bound)}`,
  notEquals: ([other]) => `v !== ${String(other)}`,
};
/** Longer lists are for `validateSync`. */
const LIST_MAX = 64;

/**
 * The validator's verdict on a number as source text in terms of `v`; `undefined` when it is not one of
 * class-validator's own, or has constraints that cannot be written as text.
 */
export function comparisonOf(entry: ValidatorEntry, type: FieldType): string | undefined {
  const write = COMPARISONS[entry.name ?? ''];
  const constraints = entry.constraints ?? [];
  const numbers = entry.name === 'isNumber' ? [] : constraints.flat();
  if (write === undefined || numbers.length > LIST_MAX || !numbers.every(Number.isFinite)) return undefined;
  return agrees(entry, numberProbes(type, numbers as number[])) ? write(constraints) : undefined;
}

/** The validator's verdict on each character 0–255, where 0 is `null`; `undefined` when it is not one of its own. */
export function characterTableOf(entry: ValidatorEntry): Uint8Array | undefined {
  const values = Array.from({ length: 256 }, (_, code) => (code === 0 ? null : String.fromCharCode(code)));
  if (!agrees(entry, values)) return undefined;
  return Uint8Array.from(values, (value) => (judge(entry, value) ? 1 : 0));
}

/** The verdict on one value, `undefined` when the validator is not one of class-validator's own. */
export function verdictOn(entry: ValidatorEntry, value: unknown): boolean | undefined {
  return agrees(entry, [value]) ? judge(entry, value) : undefined;
}

function judge(entry: ValidatorEntry, value: unknown): boolean {
  return STANDARD[entry.name ?? '']?.(value, entry.constraints ?? []) ?? false;
}

/**
 * A custom validator may carry a standard one's name: it passes for the standard one only when it gives the same
 * verdict on every probe.
 */
function agrees(entry: ValidatorEntry, probes: readonly unknown[]): boolean {
  const { accepts, name = '' } = entry;
  if (accepts === undefined || !Object.hasOwn(STANDARD, name)) return false;
  try {
    return probes.every((probe) => accepts(probe, {}) === judge(entry, probe));
  } catch {
    return false;
  }
}

function numberProbes(type: FieldType, constraints: readonly number[]): (number | null)[] {
  const range = rangeOf(type);
  const [least, most] = [Number(range.min), Number(range.max)];
  const around = [least, most, 0, ...constraints].flatMap((value) => [value - 1, value, value + 1]);
  const spread = Array.from({ length: 32 }, (_, step) => Math.floor(least + ((most - least) / 31) * step));
  return [null, ...around, ...spread];
}
