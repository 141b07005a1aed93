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
} from './field-decorators.js';
import type { Uint64Options } from './field-decorators.js';
import { MarketRecord } from './market-record.js';
import type { ModelClass } from './declaration.js';
import { Record, type RecordOptions } from './record-decorator.js';
import { TickloomError } from '../errors/index.js';

/** A field of a model declared as a plain object. */
export interface PlainField extends Uint64Options {
  readonly type:
    | 'price'
    | 'nanos'
    | 'uint8'
    | 'int8'
    | 'uint16'
    | 'int16'
    | 'uint32'
    | 'int32'
    | 'uint64'
    | 'int64'
    | 'char'
    | 'text';
  /** Bytes; for `text` only. */
  readonly size?: number;
  /** class-validator's decorators, and ours: `[IsVenuePrice(), IsNotBelow('low')]`. */
  readonly checks?: readonly PropertyDecorator[];
}

export type PlainRecord = RecordOptions & {
  /** Name of the class that is made. */
  readonly name: string;
  /** By property, in struct order; the fields of the header are there already. */
  readonly fields: Readonly<globalThis.Record<string, PlainField>>;
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
 * Declares a model without decorators: for JavaScript, and for projects that use standard ones. Builds the class that
 * the decorators would.
 * @throws MODEL_INVALID
 */
export function defineRecord(plain: PlainRecord): ModelClass {
  const { name, fields, ...record } = plain;
  const model = { [name]: class extends MarketRecord {} }[name] as ModelClass;
  const prototype = model.prototype as object;
  for (const [property, field] of Object.entries(fields)) {
    decoratorOf(name, property, field)(prototype, property);
    for (const check of field.checks ?? []) check(prototype, property);
  }
  Record(record)(model);
  return model;
}

function decoratorOf(model: string, property: string, field: PlainField): PropertyDecorator {
  const { type, size, ...options } = field;
  if (type === 'text') {
    if (size !== undefined) return Text(size, options);
    throw new TickloomError('MODEL_INVALID', `model "${model}" declares the text "${property}" without its size`, {
      hint: 'Give the size of the field in bytes.',
    });
  }
  if (Object.hasOwn(DECORATORS, type)) return DECORATORS[type](options);
  throw new TickloomError(
    'MODEL_INVALID',
    `model "${model}" declares "${property}" with the unknown type "${String(type)}"; known: ${Object.keys(DECORATORS).join(', ')}, text`,
    { hint: 'Name one of the known types.' },
  );
}
