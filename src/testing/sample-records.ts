import { encodeRecord, type RecordInput, type RecordValue } from '../core/dbn/index.js';
import type { WireField } from '../core/dbn/layout/record-layout.js';
import type { ModelBinding } from '../core/model/model-spec.js';
import { rangeOf, type FieldType } from '../core/model/wire-types.js';

/** A random number below `bound`, the same for the same seed. */
export type Random = (bound: number) => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return (bound) => {
    // xorshift32: small, and good enough to spread samples
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % bound;
  };
}

/** A record of plausible values: all prices equal, so that what orders them holds. */
export function plausibleValues(binding: ModelBinding, rtype: number, random: Random): Record<string, RecordValue> {
  const price = BigInt(random(2_000_000)) * 10_000_000n - 1_000_000_000_000n;
  const time = 1_609_160_400_000_000_000n + BigInt(random(1_000_000_000)) * 86_413n;
  const values: Record<string, RecordValue> = {};
  for (const field of binding.layout.fields) values[field.name] = plausibleValue(field, price, time, random);
  return { ...values, rtype, publisher_id: 1, instrument_id: 1 + random(1000), length: 0 };
}

function plausibleValue(field: WireField, price: bigint, time: bigint, random: Random): RecordValue {
  switch (field.type) {
    case 'price':
      return price;
    case 'timestamp':
      return time + BigInt(random(1000));
    case 'char':
      return String.fromCharCode(65 + random(26));
    case 'cstr':
      return 'ABC'.slice(0, Math.min(random(4), field.size - 1));
    case 'bytes':
      return '';
    case 'u64':
    case 'i64':
      return BigInt(random(1_000_000));
    default:
      return random(100);
  }
}

/** The same record with one field at a time at the edges of its type. */
export function edgeRecords(binding: ModelBinding, base: RecordInput): { field: WireField; bytes: Uint8Array }[] {
  return binding.fields.flatMap(({ wire }) =>
    wire === null
      ? []
      : edgesOf(wire).map((edge) => {
          const bytes = encodeRecord(binding.layout, base);
          bytes.set(edge, wire.offset);
          return { field: wire, bytes };
        }),
  );
}

/** The bytes of a field at its edges: extremes, around zero, its "not set", texts full, empty and not UTF-8. */
function edgesOf(wire: WireField): Uint8Array[] {
  const fill = (...bytes: number[]): Uint8Array => Uint8Array.from({ length: wire.size }, (_, at) => bytes[at] ?? 0);
  if (wire.type === 'cstr') {
    const full = new Uint8Array(wire.size).fill(0x41);
    return [
      fill(),
      full,
      fill(0xff),
      fill(0x41, 0, 0x42),
      fill(0xc3, 0xa9),
      fill(0xc3),
      fill(0xed, 0xa0, 0x80),
      fill(0xef, 0xbb, 0xbf),
    ];
  }
  if (wire.type === 'char') return [0, 1, 0x20, 0x4e, 0x7e, 0x80, 0xff].map((byte) => fill(byte));
  const { min, max } = rangeOf(wire.type as FieldType);
  const numbers = new Set([
    min,
    max,
    0n,
    1n,
    max - 1n,
    min + 1n,
    max / 2n,
    250_000_000n,
    123_456_789n,
    100_000n,
    10_000_000_000_000n,
    10n ** 18n,
    10n ** 18n + 1n,
    1n << 63n,
    (1n << 63n) - 1n,
  ]);
  if (min < 0n) [-1n, -(10n ** 18n), -(10n ** 18n) - 1n].forEach((number) => numbers.add(number));
  if (wire.undef !== undefined) numbers.add(wire.undef);
  return [...numbers]
    .filter((number) => number >= min && number <= max)
    .map((number) => integerBytes(number, wire.size));
}

function integerBytes(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
  return bytes.subarray(0, size);
}
