import { TickloomError } from '../../errors/index.js';
import { LENGTH_UNIT, RTYPE, SYMBOL_CSTR_LEN, TS_OUT_SIZE, UNDEF_STAT_QUANTITY } from '../constants.js';
import { layoutOf } from '../layout/layouts.js';
import type { DbnVersion, RecordLayout, WireField } from '../layout/record-layout.js';
import type { Metadata } from '../metadata.js';
import { readField, readTsOut, type RecordValue } from '../record/read-record.js';
import { encodeRecord } from '../record/write-record.js';
import { errorCodeOf, systemCodeOf, UNSET_CODE } from './gateway-codes.js';

/**
 * The record in the layout of a newer version, as the vendor's clients upgrade it. Records that look the same in both
 * versions, and those of unknown rtypes, are given back as they are.
 *
 * @param bytes one whole record, its header first
 * @param tsOut whether it carries the trailer of a `ts_out` stream, which is kept
 * @throws DBN_VERSION when `to` is older than `from`
 */
export function upgradeRecord(bytes: Uint8Array, from: DbnVersion, to: DbnVersion, tsOut: boolean): Uint8Array {
  checkDirection(from, to);
  const rtype = bytes[1] ?? 0;
  const source = layoutOf(rtype, from);
  const target = layoutOf(rtype, to);
  if (source === undefined || target === undefined || source === target) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const upgraded = encodeRecord(target, newValues(source, view), { tsOut: tsOut && readTsOut(view, 0) });
  copySameFields(source, target, bytes, upgraded);
  upgraded[0] = (target.size + (tsOut ? TS_OUT_SIZE : 0)) / LENGTH_UNIT;
  return upgraded;
}

/** The header of an upgraded stream. @throws DBN_VERSION when `to` is older */
export function upgradeMetadata(metadata: Metadata, to: DbnVersion): Metadata {
  checkDirection(metadata.version, to);
  if (to === metadata.version) return metadata;
  return { ...metadata, version: to, symbolCstrLen: SYMBOL_CSTR_LEN };
}

/** Values that do not simply keep their bytes; fields without any get what a new record has. */
function newValues(source: RecordLayout, view: DataView): Record<string, RecordValue> {
  const valueOf = (name: string): RecordValue | undefined => {
    const field = source.fields.find((candidate) => candidate.name === name);
    return field === undefined ? undefined : readField(field, view, 0);
  };
  const rtype = view.getUint8(1);
  switch (rtype) {
    case RTYPE.DEFINITION:
      return { raw_instrument_id: valueOf('raw_instrument_id') ?? 0 };
    case RTYPE.STATISTICS:
      return { quantity: widened(source, valueOf('quantity') ?? 0) };
    case RTYPE.ERROR:
      return { code: errorCodeOf(String(valueOf('err'))), is_last: UNSET_CODE };
    case RTYPE.SYSTEM:
      return { code: systemCodeOf(String(valueOf('msg'))) };
    default:
      return {};
  }
}

/** A statistic's quantity in 64 bits, where "not set" is another number. */
function widened(source: RecordLayout, quantity: RecordValue): bigint {
  const { undef } = source.fields.find((field) => field.name === 'quantity') ?? {};
  return BigInt(quantity) === undef ? UNDEF_STAT_QUANTITY : BigInt(quantity);
}

/** Copies what both layouts have, reserved bytes aside; text may become wider. */
function copySameFields(source: RecordLayout, target: RecordLayout, from: Uint8Array, to: Uint8Array): void {
  for (const field of target.fields) {
    const old = source.fields.find((candidate) => candidate.name === field.name);
    if (old === undefined || !keepsBytes(old, field)) continue;
    to.set(from.subarray(old.offset, old.offset + old.size), field.offset);
  }
}

const keepsBytes = (old: WireField, field: WireField): boolean =>
  old.type === field.type && field.type !== 'bytes' && (old.size === field.size || field.type === 'cstr');

function checkDirection(from: DbnVersion, to: DbnVersion): void {
  if (to >= from) return;
  throw new TickloomError('DBN_VERSION', `version ${from} of DBN cannot be turned into the older version ${to}`, {
    hint: `Ask for version ${from} or newer.`,
    context: { from, to },
  });
}
