import { LENGTH_UNIT, TS_OUT_SIZE, UNDEF_TIMESTAMP } from '../dbn/constants.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { fieldOf } from '../dbn/layout/field-of.js';
import type { Rejection, RejectionReason } from '../quarantine/rejection.js';
import type { RegisteredSchema } from '../registry/plugin-registry.js';
import type { SymbolFields } from '../symbology/symbol-resolver.js';
import type { ModelBinding } from '../model/model-spec.js';

const INSTRUMENT_ID_OFFSET = 4;

/** Fewest bytes that a record of the batch must have. */
export function recordMinOf(binding: ModelBinding, batch: RecordBatch): number {
  return binding.layout.size + (batch.tsOut ? TS_OUT_SIZE : 0);
}

/** Where the model's records say what their symbol is looked up by. */
export function symbolFieldsOf(schema: RegisteredSchema, binding: ModelBinding): SymbolFields {
  const { indexTimestamp, symbol } = schema.model;
  const wireOf = (name: string | null): string =>
    schema.model.fields.find((field) => field.name === name)?.wire ?? indexTimestamp;
  return {
    indexTimestampOffset: fieldOf(binding.layout, wireOf(indexTimestamp)).offset,
    ownSymbol: symbol === null ? null : fieldOf(binding.layout, wireOf(symbol)),
  };
}

/** A record of a batch as a rejection, its bytes copied: the batch's memory is used again. */
export function rejectionOf(
  schema: RegisteredSchema,
  batch: RecordBatch,
  index: number,
  indexTimestampOffset: number,
  reasons: readonly RejectionReason[],
): Rejection {
  const { bytes, view, offsets, ordinals, firstOrdinal } = batch;
  const offset = offsets[index] as number;
  const size = (bytes[offset] as number) * LENGTH_UNIT;
  // a record may be too short to have the field
  const timestamp = indexTimestampOffset + 8 <= size ? view.getBigUint64(offset + indexTimestampOffset, true) : null;
  return {
    ordinal: firstOrdinal + (ordinals[index] as number),
    schema: schema.name,
    plugin: schema.plugin.name,
    pluginVersion: schema.plugin.version,
    bytes: bytes.slice(offset, offset + size),
    reasons,
    instrumentId: view.getUint32(offset + INSTRUMENT_ID_OFFSET, true),
    indexTimestamp: timestamp === UNDEF_TIMESTAMP ? null : timestamp,
  };
}
