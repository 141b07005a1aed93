import type { ModelClass } from './declaration.js';
import { declareFields, type PlainFields, type PlainFieldValues } from './plain-fields.js';

/**
 * A class like `base` with more fields, declared as a plain object, for a model to extend: fields that are many and
 * alike, such as the {@link levels} of a book, are then declared once.
 * @throws MODEL_INVALID for an unknown type, or text without its size
 */
export function withFields<Base extends ModelClass, Fields extends PlainFields>(
  base: Base,
  fields: Fields,
): abstract new () => InstanceType<Base> & PlainFieldValues<Fields> {
  const model = class extends (base as unknown as new () => object) {};
  declareFields(model, fields, `what is added to model "${base.name}"`);
  return model as new () => InstanceType<Base> & PlainFieldValues<Fields>;
}
