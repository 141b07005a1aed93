import { encodeRecord, writeField } from '../dbn/record/write-record.js';
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
  const { size, write } = modelRecordWriter(model, options);
  return (values) => {
    const bytes = new Uint8Array(size);
    write(values, bytes, new DataView(bytes.buffer), 0);
    return bytes;
  };
}

/** Writes records of one kind into memory that is there. */
export interface ModelRecordWriter {
  /** Bytes of each record. */
  readonly size: number;
  /** @throws ENCODE_FAILED as {@link encodeModelRecord} */
  readonly write: (values: ModelValues, bytes: Uint8Array, view: DataView, at: number) => void;
}

/**
 * What of the encoding of a record is the same for all is done once: a record without values, and how each property
 * gets into it.
 * @param besides properties that are none of the model's, and left alone
 * @throws ENCODE_FAILED for a version that the model has no layout in
 */
export function modelRecordWriter(
  model: ModelClass,
  options: EncodeModelRecordOptions,
  besides: readonly string[] = [],
): ModelRecordWriter {
  const { name, bindings } = modelOf(model);
  const { rtype, version = 3 } = options;
  const binding = bindings.get(version);
  if (binding === undefined)
    throw misfit(name, `has no layout in DBN version ${version}`, 'Name a version that has one.');
  const { layout } = binding;
  const known = new Set([...binding.fields.map(({ field }) => field.name), ...besides]);
  const bound = binding.fields
    .filter((each): each is BoundField & { wire: WireField } => each.wire !== null)
    .map(({ field, wire }) => ({ property: field.name, wire, unset: unsetOf(wire) }));
  const blank = encodeRecord(layout, { rtype });
  const write: ModelRecordWriter['write'] = (values, bytes, view, at) => {
    for (const property in values) {
      if (!known.has(property)) throw misfit(name, `has no property "${property}"`, 'Leave it out, or declare it.');
    }
    bytes.set(blank, at);
    for (const { property, wire, unset } of bound) {
      const given = values[property];
      // a default would be an invention
      if (given === undefined) throw misfit(name, `needs a value for "${property}"`, 'Give it; null says "not set".');
      const value = given ?? unset;
      if (value === undefined) {
        throw misfit(name, `has no "not set" for "${property}" (${wire.type}), found null`, 'Give it a value.');
      }
      writeField(layout, wire, value, view, at);
    }
  };
  return { size: blank.length, write };
}

/** What "not set" is on the wire, `undefined` where it is nothing. */
function unsetOf(wire: WireField): RecordValue | undefined {
  return wire.type === 'char' ? '' : wire.undef;
}

function misfit(model: string, what: string, hint: string): TickloomError {
  return new TickloomError('ENCODE_FAILED', `a record of model "${model}" cannot be encoded: it ${what}`, {
    hint,
    context: { model },
  });
}
