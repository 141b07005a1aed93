import { Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  MinLength,
  ValidateBy,
} from '../core/validation/class-validator-parts.js';
import { parseRejectionLimit } from '../core/quarantine/rejection-limit.js';
import { parseChunkInterval } from '../core/storage/chunk-interval.js';
import { DB_SCHEMA_FORM, isDbSchemaName } from '../core/storage/db-schema-name.js';
import { parseSpan, SPAN_FORM } from '../core/storage/time-span.js';
import { isNanosText } from '../core/text/parse-nanos.js';
import { alternatives } from './words.js';

/*
 * One decorator for each kind of setting. Each accepts what a file (typed), a flag and a variable (text) can give, and
 * its message is what an error says after "expected".
 */

const all =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, key) => {
    for (const decorator of decorators) decorator(target, key);
  };

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

function toBoolean(value: unknown): unknown {
  const word = typeof value === 'number' ? String(value) : value;
  if (typeof word !== 'string') return value;
  if (TRUE.includes(word.toLowerCase())) return true;
  return FALSE.includes(word.toLowerCase()) ? false : value;
}

function toNumber(value: unknown): unknown {
  return typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
}

function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** YAML reads an unquoted day or time as a Date; a day is left a day. */
function toMoment(value: unknown): unknown {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return value;
  return value.toISOString().replace('T00:00:00.000Z', '');
}

export function Text(message = 'text'): PropertyDecorator {
  return all(IsOptional(), IsString({ message }), MinLength(1, { message }));
}

export function DbSchemaName(): PropertyDecorator {
  return checked('isDbSchemaName', DB_SCHEMA_FORM, isDbSchemaName);
}

export function YesOrNo(): PropertyDecorator {
  return all(
    IsOptional(),
    Transform(({ value }) => toBoolean(value)),
    IsBoolean({ message: 'true or false' }),
  );
}

/** A whole number from `least` to `most`. */
export function WholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): PropertyDecorator {
  const message =
    most === Number.MAX_SAFE_INTEGER ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`;
  return all(
    IsOptional(),
    Transform(({ value }) => toNumber(value)),
    IsInt({ message }),
    Min(least, { message }),
    Max(most, { message }),
  );
}

export function OneOf(...words: readonly string[]): PropertyDecorator {
  return all(IsOptional(), IsIn(words, { message: alternatives(words) }));
}

/** A chunk by its id, or a word. Which of the two a command takes, its flag says. */
export function IdOrWord(...words: readonly string[]): PropertyDecorator {
  const message = `the number of a chunk, or ${alternatives(words)}`;
  return all(
    IsOptional(),
    Transform(({ value }) => toNumber(value)),
    ValidateBy({
      name: 'isIdOrWord',
      validator: {
        validate: (value) => (typeof value === 'number' ? value >= 1 : words.includes(value as string)),
        defaultMessage: () => message,
      },
    }),
  );
}

/** A whole number from 0 to `most`, or the word for letting Tickloom choose. */
export function CountOrWord(most: number, word: string): PropertyDecorator {
  const message = `a whole number from 0 to ${most}, or ${alternatives([word])}`;
  return all(
    IsOptional(),
    Transform(({ value }) => toNumber(value)),
    ValidateBy({
      name: 'isCountOrWord',
      validator: {
        validate: (value) => value === word || (Number.isInteger(value) && value >= 0 && value <= most),
        defaultMessage: () => message,
      },
    }),
  );
}

/** One word, or several: a list in a file is the same as commas in a flag. */
export function Words(message: string): PropertyDecorator {
  return all(
    IsOptional(),
    Transform(({ value }) => (Array.isArray(value) ? value.join(',') : (value as unknown))),
    IsString({ message }),
    MinLength(1, { message }),
  );
}

/** US dollars; kept as text, so that they stay exact. */
export function Dollars(): PropertyDecorator {
  const message = 'US dollars, e.g. 12.50';
  return all(
    IsOptional(),
    Transform(({ value }) => (typeof value === 'number' ? String(value) : (value as unknown))),
    Matches(/^\d{1,12}(\.\d{1,12})?$/, { message }),
  );
}

export function List(): PropertyDecorator {
  const message = 'one or more values, separated by commas';
  return all(
    IsOptional(),
    Transform(({ value }) => toList(value)),
    IsArray({ message }),
    ArrayNotEmpty({ message }),
    IsString({ each: true, message }),
  );
}

/** Some of these words. */
export function SomeOf(...words: readonly string[]): PropertyDecorator {
  const isWord = (item: unknown): boolean => words.includes(item as string);
  return all(
    Transform(({ value }) => toList(value)),
    checked(
      'isSomeOf',
      `one or more of ${words.join(', ')}`,
      (value) => Array.isArray(value) && value.length > 0 && value.every(isWord),
    ),
  );
}

/** A span of time. */
export function Span(): PropertyDecorator {
  return checked('isSpan', SPAN_FORM, (value) => typeof value === 'string' && parseSpan(value) !== undefined);
}

/** Schemas with a span each. */
export function ChunkIntervals(): PropertyDecorator {
  const message = 'schemas with hours, days or weeks each, an hour or more, e.g. trades=12h,ohlcv-1m=4w';
  const isInterval = (item: unknown): boolean => typeof item === 'string' && parseChunkInterval(item) !== undefined;
  return all(
    Transform(({ value }) => toList(value)),
    checked(
      'isChunkIntervals',
      message,
      (value) => Array.isArray(value) && value.length > 0 && value.every(isInterval),
    ),
  );
}

function checked(name: string, message: string, validate: (value: unknown) => boolean): PropertyDecorator {
  return all(IsOptional(), ValidateBy({ name, validator: { validate, defaultMessage: () => message } }));
}

/** A time in UTC. What takes days alone says so itself. */
export function Moment(): PropertyDecorator {
  const message = 'a day as YYYY-MM-DD, a time as YYYY-MM-DDTHH:MM:SS, or nanoseconds, in UTC';
  return all(
    IsOptional(),
    Transform(({ value }) => toMoment(value)),
    ValidateBy({
      name: 'isMoment',
      validator: {
        validate: (value) => typeof value === 'string' && isNanosText(value),
        defaultMessage: () => message,
      },
    }),
  );
}

/** How much may be rejected. A number in a file is what the same text would be. */
export function NumberOrShare(): PropertyDecorator {
  const message = 'a whole number, or a share such as 1% or 0.01';
  return all(
    IsOptional(),
    Transform(({ value }) => (typeof value === 'number' ? String(value) : (value as unknown))),
    ValidateBy({
      name: 'isNumberOrShare',
      validator: {
        validate: (value) => typeof value === 'string' && parseRejectionLimit(value) !== undefined,
        defaultMessage: () => message,
      },
    }),
  );
}
