import { LENGTH_UNIT } from '../dbn/constants.js';
import { columnRangeOf } from '../model/checks/is-wire-value.js';
import { showValue } from '../model/checks/show-value.js';
import type { MarketModel, ModelBinding } from '../model/model-spec.js';
import type { RejectionReason } from '../quarantine/rejection.js';
import { isBadText } from './compile-check.js';

/** The reason when a record is shorter than its layout; nothing else can be said of it then. */
export function tooShort(bytes: Uint8Array, offset: number, recordMin: number): RejectionReason | undefined {
  const size = (bytes[offset] as number) * LENGTH_UNIT;
  if (size >= recordMin) return undefined;
  return {
    code: 'record-too-short',
    field: null,
    message: `the record has ${size} bytes; its layout takes ${recordMin}`,
  };
}

/** Why the record cannot be a row of any table, whatever the validators say. */
export function structuralReasons(
  model: MarketModel,
  binding: ModelBinding,
  bytes: Uint8Array,
  offset: number,
  instance: object,
): RejectionReason[] {
  const values = instance as Readonly<Record<string, unknown>>;
  return binding.fields.flatMap(({ field, wire }): RejectionReason[] => {
    const { name, type } = field;
    const value = values[name];
    if (name === model.indexTimestamp && value === null) {
      return [{ code: 'timestamp-undefined', field: name, message: `${name} is undefined; a row needs it` }];
    }
    if (type === 'cstr' && wire !== null && isBadText(bytes, offset + wire.offset, wire.size)) {
      return [
        {
          code: 'not-utf8',
          field: name,
          message: `${name} must be UTF-8, found ${showBytes(bytes, offset + wire.offset, wire.size)}`,
        },
      ];
    }
    const { max } = columnRangeOf(type === 'cstr' || type === 'char' ? 'u64' : type, field.numericColumn);
    if (type === 'u64' && typeof value === 'bigint' && value > max) {
      return [
        { code: 'beyond-bigint', field: name, message: `${name} must be up to ${max}, found ${showValue(value)}` },
      ];
    }
    return [];
  });
}

/** What validators said and what the columns say, each reason once. */
export function joinReasons(
  said: readonly RejectionReason[],
  structural: readonly RejectionReason[],
): readonly RejectionReason[] {
  const sameAs = (reason: RejectionReason) => (other: RejectionReason) =>
    other.field === reason.field && other.code === reason.code;
  // validators saw text that is not UTF-8 with replacement characters in it: they have nothing to say of it
  const unreadable = structural.filter(({ code }) => code === 'not-utf8').map(({ field }) => field);
  return [
    ...said.filter(({ field }) => !unreadable.includes(field)),
    ...structural.filter((reason) => !said.some(sameAs(reason))),
  ];
}

/** Bytes up to the first NUL, those beyond ASCII as `\xff`. */
function showBytes(bytes: Uint8Array, from: number, size: number): string {
  const field = bytes.subarray(from, from + size);
  const end = field.indexOf(0);
  const text = [...field.subarray(0, end === -1 ? size : end)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
  return `"${text}"`;
}
