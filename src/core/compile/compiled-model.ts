import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import type { MarketModel, ModelBinding, TableSpec } from '../model/model-spec.js';
import type { ValidationCopy, ValidatorEntry } from '../plugin/validation-copy.js';
import { compileCheck, type CompiledCheck } from './compile-check.js';
import { compileEncoder, type CompiledEncoder } from './encoder/compile-encoder.js';

/** A model in one DBN version, compiled. */
export interface CompiledModel extends CompiledCheck {
  readonly binding: ModelBinding;
  readonly entries: readonly ValidatorEntry[];
  /** The encoder for a table, compiled once: several schemas may share a model. */
  encoderOf(table: TableSpec): CompiledEncoder;
}

// a cache only: a model compiles to the same functions every time
const compiled = new WeakMap<MarketModel, Map<DbnVersion, CompiledModel>>();

/**
 * Compiles a model for the records of one DBN version, once.
 * @throws DECODE_FAILED when that version does not have the model's layout
 */
export function compiledModel(model: MarketModel, version: DbnVersion, copy: ValidationCopy): CompiledModel {
  let versions = compiled.get(model);
  if (versions === undefined) {
    versions = new Map<DbnVersion, CompiledModel>();
    compiled.set(model, versions);
  }
  const known = versions.get(version);
  if (known !== undefined) return known;
  const binding = bindingOf(model, version);
  const entries = copy.entriesOf(model.cls);
  const encoders = new Map<string, CompiledEncoder>();
  const encoderOf = (table: TableSpec): CompiledEncoder => {
    let encoder = encoders.get(table.name);
    if (encoder === undefined) encoders.set(table.name, (encoder = compileEncoder(binding, table)));
    return encoder;
  };
  const made = { binding, entries, ...compileCheck(model, binding, entries), encoderOf };
  versions.set(version, made);
  return made;
}

/**
 * The model as the version has it on the wire.
 * @throws DECODE_FAILED when that version does not have the model's layout
 */
export function bindingOf(model: MarketModel, version: DbnVersion): ModelBinding {
  const binding = model.bindings.get(version);
  if (binding !== undefined) return binding;
  const has = [...model.bindings.keys()].join(', ');
  throw new TickloomError(
    'DECODE_FAILED',
    `model "${model.name}" has no layout in DBN version ${version}; it has one in ${has}`,
    {
      hint: 'Declare the DBN version that the records are in.',
      context: { model: model.name, version },
    },
  );
}
