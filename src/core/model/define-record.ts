import { TickloomError } from '../errors/index.js';
import type { ModelClass } from './declaration.js';
import { MarketRecord } from './market-record.js';
import { declareFields, type PlainFields } from './plain-fields.js';
import { Record, type RecordOptions } from './record-decorator.js';

export type PlainRecord = RecordOptions & {
  /** Name of the class that is made. */
  readonly name: string;
  /** By property, in struct order; the fields of the header are there already. */
  readonly fields: PlainFields;
};

/**
 * Declares a model without decorators: for JavaScript, and for projects that use standard ones. Builds the class that
 * the decorators would.
 * @throws MODEL_INVALID
 */
export function defineRecord(plain: PlainRecord): ModelClass {
  const { name, fields, ...record } = plain;
  if (typeof name !== 'string' || name === '') {
    throw new TickloomError('MODEL_INVALID', 'a model has no name', { hint: "Write name: 'Tick', as for a class." });
  }
  const model = { [name]: class extends MarketRecord {} }[name] as ModelClass;
  declareFields(model, fields, `model "${name}"`);
  Record(record)(model);
  return model;
}
