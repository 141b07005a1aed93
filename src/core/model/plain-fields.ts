import { TickloomError } from '../errors/index.js';
import type { ModelClass } from './declaration.js';
import {
  Char,
  Int16,
  Int32,
  Int64,
  Int8,
  Nanos,
  Price,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  type Uint64Options,
} from './field-decorators.js';

/** What an instance holds for each type of a plain field; `null` where the format has a "not set" for the field. */
interface PlainValues {
  readonly price: bigint | null;
  readonly nanos: bigint | null;
  readonly uint8: number | null;
  readonly int8: number | null;
  readonly uint16: number | null;
  readonly int16: number | null;
  readonly uint32: number | null;
  readonly int32: number | null;
  readonly uint64: bigint | null;
  readonly int64: bigint | null;
  readonly char: string | null;
  readonly text: string;
}

/** A field of a model declared as a plain object. */
export interface PlainField extends Uint64Options {
  readonly type: keyof PlainValues;
  /** Bytes; for `text` only. */
  readonly size?: number;
  /** class-validator's decorators, and ours: `[IsVenuePrice(), IsNotBelow('low')]`. */
  readonly checks?: readonly PropertyDecorator[];
}

/** Fields by property. */
export type PlainFields = Readonly<Record<string, PlainField>>;

/** The properties that plain fields give an instance. */
export type PlainFieldValues<Fields extends PlainFields> = {
  -readonly [Property in keyof Fields]: PlainValues[Fields[Property]['type']];
};

const DECORATORS = {
  price: Price,
  nanos: Nanos,
  uint8: Uint8,
  int8: Int8,
  uint16: Uint16,
  int16: Int16,
  uint32: Uint32,
  int32: Int32,
  uint64: Uint64,
  int64: Int64,
  char: Char,
} as const;

/**
 * Declares plain fields on a class, with their checks, as the decorators would.
 * @param who how a message names what declares them
 * @throws MODEL_INVALID for an unknown type, or text without its size
 */
export function declareFields(model: ModelClass, fields: PlainFields, who: string): void {
  const prototype = model.prototype as object;
  if (typeof fields !== 'object') {
    throw new TickloomError('MODEL_INVALID', `${who} has no fields`, {
      hint: "Write fields: { price: { type: 'price' } }.",
    });
  }
  for (const [property, field] of Object.entries(fields)) {
    decoratorOf(who, property, field)(prototype, property);
    const { checks = [] } = field;
    if (!Array.isArray(checks) || !checks.every((check) => isApplied(check, prototype, property))) {
      throw new TickloomError('MODEL_INVALID', `${who} has checks of "${property}" that are no list of decorators`, {
        hint: 'Write checks: [Min(0), IsVenuePrice()], each of them called.',
      });
    }
  }
}

/** Applies a check; false for one that is none, and for one that was not called and so gives its decorator back. */
function isApplied(check: unknown, prototype: object, property: string): boolean {
  if (typeof check !== 'function') return false;
  return typeof (check as (target: object, property: string) => unknown)(prototype, property) !== 'function';
}

function decoratorOf(who: string, property: string, field: PlainField): PropertyDecorator {
  const { type, size, ...options } = field;
  if (type === 'text') {
    if (size !== undefined) return Text(size, options);
    throw new TickloomError('MODEL_INVALID', `${who} declares the text "${property}" without its size`, {
      hint: 'Give the size of the field in bytes.',
    });
  }
  if (Object.hasOwn(DECORATORS, type)) return DECORATORS[type](options);
  throw new TickloomError(
    'MODEL_INVALID',
    `${who} declares "${property}" with the unknown type "${String(type)}"; known: ${Object.keys(DECORATORS).join(', ')}, text`,
    { hint: 'Name one of the known types.' },
  );
}
