import { modelOf } from '../market-model.js';
import type { ModelField } from '../model-spec.js';
import { rangeOf, WIRE_TYPES, type FieldType } from '../wire-types.js';
import { checkDecorator, classOf } from './check-spec.js';
import { showValue } from './show-value.js';

const BIGINT_MAX = (1n << 63n) - 1n;
const ENCODER = new TextEncoder();

/** The numbers that fit both the wire type and the column: a `bigint` column holds less than a u64. */
export function columnRangeOf(type: FieldType, numericColumn: boolean): { readonly min: bigint; readonly max: bigint } {
  const range = rangeOf(type);
  return type === 'u64' && !numericColumn ? { min: range.min, max: BIGINT_MAX } : range;
}

export interface WireValueOptions {
  readonly type: FieldType;
  readonly numericColumn: boolean;
  /** Bytes. */
  readonly size: number;
}

/**
 * The check that every field decorator brings: the value is one that the wire type and the column can hold. Integers
 * may be numbers or bigints (class-validator's own `@IsInt` refuses bigint). `null` passes where the model allows it.
 */
export function IsWireValue(options: WireValueOptions): PropertyDecorator {
  const { type, size, numericColumn } = options;
  return checkDecorator({
    decorator: '@IsWireValue()',
    name: `is${type.charAt(0).toUpperCase()}${type.slice(1)}`,
    check: { rule: 'wire-value', ...options },
    codeOf: (value) => codeOf(type, value),
    summary: summaryOf(options),
    validate: (value, args) =>
      value === null ? isNullable(args.property, classOf(args)) : fits(value, type, size, numericColumn),
    message: (args) =>
      args.value === null || args.value === undefined
        ? `${args.property} is undefined; a row needs it`
        : `${args.property} must be ${summaryOf(options)}, found ${showValue(args.value, type)}`,
  });
}

/** True when the field's column can hold the value. */
export function isRowValue(field: ModelField, value: unknown): boolean {
  return value === null ? field.nullable : fits(value, field.type, field.size, field.numericColumn);
}

function isNullable(property: string, model: ReturnType<typeof classOf>): boolean {
  return modelOf(model).fields.find((field) => field.name === property)?.nullable ?? false;
}

function fits(value: unknown, type: FieldType, size: number, numericColumn: boolean): boolean {
  const { kind } = WIRE_TYPES[type];
  if (kind === 'text') return typeof value === 'string' && isPlainText(value) && ENCODER.encode(value).length <= size;
  if (kind === 'char') return typeof value === 'string' && value.length === 1 && /^[\x01-\xff]$/.test(value);
  if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'bigint') return false;
  const { min, max } = columnRangeOf(type, numericColumn);
  const number = BigInt(value as number | bigint);
  return number >= min && number <= max;
}

/** Without NUL, which ends text on the wire, and without half characters, which have no UTF-8. */
function isPlainText(value: string): boolean {
  return !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}

function codeOf(type: FieldType, value: unknown): string {
  if (value === null || value === undefined) return type === 'timestamp' ? 'timestamp-undefined' : 'value-missing';
  if (type === 'cstr') return 'text-too-long';
  return type === 'u64' && typeof value === 'bigint' && value > BIGINT_MAX ? 'beyond-bigint' : 'value-out-of-range';
}

function summaryOf({ type, size, numericColumn }: WireValueOptions): string {
  if (type === 'cstr') return `text of up to ${size} bytes of UTF-8`;
  if (type === 'char') return 'one character';
  const { min, max } = columnRangeOf(type, numericColumn);
  return `an integer from ${min} to ${max}`;
}
