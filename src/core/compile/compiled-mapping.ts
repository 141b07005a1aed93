import type { MarketModel, ModelBinding } from '../model/model-spec.js';
import type { ValidationCopy } from '../plugin/validation-copy.js';
import { compileMaterialiser, type CompiledMaterialiser } from './compile-materialiser.js';
import { compileRowWriter, type RowWriter } from './compile-row-writer.js';

/** What a hand-written mapper stands between, compiled. */
export interface CompiledMapping extends CompiledMaterialiser {
  /** Takes no row where the model's class may make other values of it. */
  readonly write: RowWriter;
}

// a cache only: a binding compiles to the same functions every time
const compiled = new WeakMap<ModelBinding, CompiledMapping>();

/** Compiles the mapping of a model in one DBN version, once. */
export function compiledMapping(model: MarketModel, binding: ModelBinding, copy: ValidationCopy): CompiledMapping {
  const known = compiled.get(binding);
  if (known !== undefined) return known;
  const properties = model.fields.map(({ name }) => name);
  const mayTransform = copy.transforms?.(model.cls, properties) ?? true;
  const made = {
    ...compileMaterialiser(model, binding),
    write: mayTransform ? () => false : compileRowWriter(binding),
  };
  compiled.set(binding, made);
  return made;
}
