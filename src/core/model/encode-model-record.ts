import { encodeRecord } from '../dbn/record/write-record.js';
import type { RecordValue } from '../dbn/record/read-record.js';
import type { DbnVersion, WireField } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import type { ModelClass } from './declaration.js';
import { modelOf } from './market-model.js';
import type { BoundField } from './model-spec.js';

export interface EncodeModelRecordOptions {
  /** Record type of the schema, 0–255. */
  readonly rtype: number;
  /** DBN version of the stream that the record is for; default 3. */
  readonly version?: DbnVersion;
}

/** Properties of a model by name, as they are on its instances. */
export type ModelValues = Readonly<globalThis.Record<string, number | bigint | string | null | undefined>>;

/**
 * Encodes a plain object with a model's properties as a record in the model's layout, for sources that have no DBN
 * bytes of their own: so checks, fast path, ordinals and quarantine are the same as for any record. `null` becomes the
 * number that means "not set", or a NUL character; fields that the version lacks are left out.
 * @throws ENCODE_FAILED when a property is missing, `null` where the format has no "not set", or does not fit
 */
export function encodeModelRecord(
  model: ModelClass,
  values: ModelValues,
  options: EncodeModelRecordOptions,
): Uint8Array {
  return modelRecordEncoder(model, options)(values);
}

/**
 * As {@link encodeModelRecord}, for many records of one kind: looks at the model once.
 * @throws ENCODE_FAILED for a version that the model has no layout in
 */
export function modelRecordEncoder(
  model: ModelClass,
  options: EncodeModelRecordOptions,
): (values: ModelValues) => Uint8Array {
  const { name, bindings } = modelOf(model);
  const { rtype, version = 3 } = options;
  const binding = bindings.get(version);
  if (binding === undefined)
    throw misfit(name, `has no layout in DBN version ${version}`, 'Name a version that has one.');
  const { layout } = binding;
  const known = new Set(binding.fields.map(({ field }) => field.name));
  const bound = binding.fields.filter((each): each is BoundField & { wire: WireField } => each.wire !== null);
  return (values) => {
    for (const property in values) {
      if (!known.has(property)) throw misfit(name, `has no property "${property}"`, 'Leave it out, or declare it.');
    }
    const raw: globalThis.Record<string, RecordValue> = { rtype };
    for (const { field, wire } of bound) raw[wire.name] = rawValue(name, field.name, wire, values[field.name]);
    return encodeRecord(layout, raw);
  };
}

function rawValue(
  model: string,
  property: string,
  wire: WireField,
  value: RecordValue | null | undefined,
): RecordValue {
  // a default would be an invention
  if (value === undefined) throw misfit(model, `needs a value for "${property}"`, 'Give it; null says "not set".');
  if (value !== null) return value;
  if (wire.type === 'char') return '';
  if (wire.undef !== undefined) return wire.undef;
  throw misfit(model, `has no "not set" for "${property}" (${wire.type}), found null`, 'Give it a value.');
}

function misfit(model: string, what: string, hint: string): TickloomError {
  return new TickloomError('ENCODE_FAILED', `a record of model "${model}" cannot be encoded: it ${what}`, {
    hint,
    context: { model },
  });
}
