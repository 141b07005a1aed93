import { LENGTH_UNIT, TS_OUT_SIZE } from '../dbn/constants.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { formatNanos } from '../text/format-nanos.js';
import { formatPrice } from '../text/format-price.js';
import type { MarketModel, ModelField } from '../model/model-spec.js';
import { bindingOf } from './compiled-model.js';
import { materialise } from './materialise.js';
import type { FieldValue } from './row-encoder.js';

/**
 * A record as a person reads it: field by field, prices in whole units, times as ISO 8601 with nine decimals, `null`
 * for what is undefined. Bytes that are not UTF-8 show as U+FFFD.
 * @param bytes the record as it came, a ts_out trailer included; one that is too short shows its header's length only
 */
export function describeRecord(
  model: MarketModel,
  version: DbnVersion,
  bytes: Uint8Array,
  tsOut: boolean,
): Record<string, string | null> {
  const binding = bindingOf(model, version);
  const size = bytes.length;
  if (size < binding.layout.size + (tsOut ? TS_OUT_SIZE : 0)) {
    return { length: String((bytes[0] ?? 0) * LENGTH_UNIT), rtype: bytes[1] === undefined ? null : String(bytes[1]) };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, size);
  const values = materialise(model, binding, view, 0) as Readonly<Record<string, FieldValue>>;
  const described: Record<string, string | null> = { rtype: String(bytes[1]) };
  for (const { field, wire } of binding.fields) {
    if (wire !== null) described[field.name] = show(field, values[field.name] ?? null);
  }
  if (tsOut) described.ts_out = formatNanos(view.getBigUint64(size - TS_OUT_SIZE, true));
  return described;
}

function show(field: ModelField, value: FieldValue): string | null {
  if (value === null) return null;
  if (field.type === 'price') return formatPrice(BigInt(value));
  return field.type === 'timestamp' ? formatNanos(BigInt(value)) : String(value);
}
