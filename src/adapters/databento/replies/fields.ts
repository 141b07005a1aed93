import { Expose, Transform, plainToInstance } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  ValidateBy,
} from '../../../core/validation/class-validator-parts.js';
import { isNanosText, parseNanos } from '../../../core/text/parse-nanos.js';
import { JsonNumber } from './exact-json.js';

/**
 * Decorators for the fields of replies. Each says three things at once: that the field is taken over, how the JSON value
 * becomes ours, and what it must be. Whatever else a reply holds is ignored, because vendors add fields.
 */
export interface FieldOptions {
  /** True for a field that may be null or missing; it is null then. */
  readonly optional?: boolean;
}

export type ReplyClass<T extends object> = new () => T;

/** A text. */
export const Text = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(optional, (value) => value, IsString({ message: 'expected a text' }));

/** A UTC date, YYYY-MM-DD. */
export const UtcDate = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(optional, (value) => value, Matches(/^\d{4}-\d\d-\d\d$/, { message: 'expected a date, YYYY-MM-DD' }));

/** A time with or without `T`, `Z` and decimals, as bigint ns since the epoch. */
export const Nanos = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(
    optional,
    (value) => (typeof value === 'string' && isNanosText(value) ? parseNanos('time', value) : value),
    is('isNanos', 'expected a UTC time', (value) => typeof value === 'bigint'),
  );

/** A whole number that a double holds exactly. */
export const Count = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(
    optional,
    (value) => (value instanceof JsonNumber ? wholeNumber(value.text) : value),
    IsInt({ message: 'expected a whole number' }),
  );

/** A number as the very digits of the reply: `0.0125`, `1e-7`. For money. */
export const DecimalText = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(
    optional,
    (value) => (value instanceof JsonNumber ? value.text : undefined),
    IsString({ message: 'expected a number' }),
  );

export const Flag = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(optional, (value) => value, IsBoolean({ message: 'expected true or false' }));

/** An array of texts. */
export const Texts = ({ optional = false }: FieldOptions = {}): PropertyDecorator =>
  field(
    optional,
    (value) => value,
    IsArray({ message: 'expected an array' }),
    IsString({ each: true, message: 'expected texts' }),
  );

/** Any value that `convert` makes something of, null included; `undefined` from it is a fault. */
export const Converted = (expected: string, convert: (value: unknown) => unknown): PropertyDecorator =>
  field(
    false,
    convert,
    is('isConverted', `expected ${expected}`, (value) => value !== undefined),
  );

/** An amount of money as the digits of the reply, never below nothing: what is spent is measured by it. */
export function amountOf(value: unknown): string | undefined {
  return value instanceof JsonNumber && Number(value.text) >= 0 ? value.text : undefined;
}

/** An instance of a class of replies, or the value itself when it is no object. */
export function instanceOf<T extends object>(reply: ReplyClass<T>, value: unknown): unknown {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
  return plain ? plainToInstance(reply, value, { excludeExtraneousValues: true }) : value;
}

function field(
  optional: boolean,
  convert: (value: unknown) => unknown,
  ...checks: readonly PropertyDecorator[]
): PropertyDecorator {
  return (target, name) => {
    Expose()(target, name);
    // class-transformer's own idea of the value is a copy in which our numbers have lost their class
    Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => {
      const raw = Object.hasOwn(obj, key) ? obj[key] : undefined;
      return optional && (raw === undefined || raw === null) ? null : convert(raw);
    })(target, name);
    if (optional) IsOptional()(target, name);
    for (const check of checks) check(target, name);
  };
}

function is(name: string, message: string, test: (value: unknown) => boolean): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: test, defaultMessage: () => message } });
}

function wholeNumber(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : text;
}
