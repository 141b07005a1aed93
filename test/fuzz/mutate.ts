import type { Random } from '../../src/core/sample/random.js';

/** Numbers at which things go wrong, little-endian, of one to eight bytes. */
const EDGES = [
  0n,
  1n,
  2n,
  3n,
  4n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0xffff_ffffn,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];
const WIDTHS = [1, 2, 4, 8] as const;
/** From the start of a stream: version, length, schema, start, end, limit, stypes, ts_out, width, definition, sections. */
const HEADER_FIELDS = [3, 4, 24, 26, 34, 42, 50, 51, 52, 53, 58, 108, 112, 116] as const;
/** Dates of mappings that are none, or turn an interval round. */
const DATES = [0n, 20240230n, 20241301n, 19691231n, 99999999n, 20240305n, 20240304n, 4294967295n];

export type Mutation = (bytes: Buffer, random: Random) => Buffer;

const within = (bytes: Buffer, random: Random): number => random.below(Math.max(1, bytes.length));
const put = (bytes: Buffer, at: number, value: bigint, width: number): Buffer => {
  const copy = Buffer.from(bytes);
  for (let index = 0; index < width && at + index < copy.length; index += 1) {
    copy[at + index] = Number((value >> BigInt(8 * index)) & 0xffn);
  }
  return copy;
};
const choose = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;

/** Bytes without regard to what they mean. */
export const BYTE_MUTATIONS: readonly Mutation[] = [
  // a bit
  (bytes, random) => {
    const at = within(bytes, random);
    return put(bytes, at, BigInt((bytes[at] ?? 0) ^ (1 << random.below(8))), 1);
  },
  // a byte
  (bytes, random) => put(bytes, within(bytes, random), BigInt(random.below(256)), 1),
  // a number
  (bytes, random) => put(bytes, within(bytes, random), choose(random, EDGES), choose(random, WIDTHS)),
  // the end cut off
  (bytes, random) => bytes.subarray(0, within(bytes, random)),
  // a piece cut out
  (bytes, random) => {
    const at = within(bytes, random);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
  },
  // a piece doubled
  (bytes, random) => {
    const at = within(bytes, random);
    const end = at + 1 + random.below(128);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]);
  },
  // something put in
  (bytes, random) => {
    const at = within(bytes, random);
    const noise = Buffer.from(Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  // two pieces exchanged
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const [from, to, size] = [within(bytes, random), within(bytes, random), 1 + random.below(48)];
    bytes.copy(copy, to, from, Math.min(from + size, bytes.length));
    return copy;
  },
];

/** Fields of DBN, by their meaning. */
export const DBN_MUTATIONS: readonly Mutation[] = [
  // a field of the header
  (bytes, random) => put(bytes, choose(random, HEADER_FIELDS), choose(random, EDGES), choose(random, WIDTHS)),
  // the header's length, a little off
  (bytes, random) => put(bytes, 4, BigInt(Math.max(0, bytes.readUInt32LE(4) + random.below(65) - 32)), 4),
  // the version
  (bytes, random) => put(bytes, 3, BigInt(random.below(6)), 1),
  // a count or a date somewhere in the sections
  (bytes, random) => {
    const size = headerSize(bytes);
    const at = 112 + 4 * random.below(Math.max(1, (size - 112) >> 2));
    return put(bytes, Math.min(at, size - 4), choose(random, [...DATES, ...EDGES]), 4);
  },
  // text of the header: dataset or symbols
  (bytes, random) => put(bytes, 8 + random.below(headerSize(bytes)), BigInt(random.below(256)), 1),
  // length or rtype of a record
  (bytes, random) => {
    const at = recordAt(bytes, random);
    return put(bytes, at + random.below(2), BigInt(random.below(256)), 1);
  },
  // a number of a record
  (bytes, random) => {
    const at = recordAt(bytes, random);
    return put(bytes, at + 4 * (1 + random.below(12)), choose(random, EDGES), choose(random, [4, 8]));
  },
  // a byte of a record
  (bytes, random) => put(bytes, recordAt(bytes, random) + 2 + random.below(120), BigInt(random.below(256)), 1),
  // a record doubled, or left out
  (bytes, random) => {
    const at = recordAt(bytes, random);
    const end = at + (bytes[at] ?? 0) * 4;
    return Buffer.concat([
      bytes.subarray(0, random.below(2) === 0 ? end : at),
      bytes.subarray(random.below(2) === 0 ? at : end),
    ]);
  },
];

/** Fields of zstd: descriptor, window, sizes, block headers, checksum. */
export const ZSTD_MUTATIONS: readonly Mutation[] = [
  (bytes, random) => put(bytes, 4, BigInt(random.below(256)), 1),
  (bytes, random) => put(bytes, 5, BigInt(random.below(256)), 1),
  (bytes, random) => put(bytes, 5 + random.below(9), choose(random, EDGES), choose(random, WIDTHS)),
  (bytes, random) => put(bytes, 6 + random.below(8), BigInt(random.below(2 ** 24)), 3),
  (bytes, random) => put(bytes, bytes.length - 4 + random.below(4), BigInt(random.below(256)), 1),
  // a skippable frame in front, perhaps one that says it is longer than it is
  (bytes, random) => {
    const frame = Buffer.from([
      0x50 + random.below(16),
      0x2a,
      0x4d,
      0x18,
      random.below(8),
      0,
      0,
      random.below(2) * 255,
      1,
      2,
      3,
    ]);
    return Buffer.concat([frame, bytes]);
  },
];

/** Applies one to three of them. */
export function mutate(bytes: Buffer, mutations: readonly Mutation[], random: Random): Buffer {
  let mutated = bytes;
  for (let left = 1 + random.below(3); left > 0 && mutated.length > 8; left -= 1) {
    mutated = choose(random, mutations)(mutated, random);
  }
  return mutated;
}

function headerSize(bytes: Buffer): number {
  return bytes.length < 8 ? 8 : Math.min(8 + bytes.readUInt32LE(4), bytes.length);
}

/** Where some record begins, as far as the lengths can be believed. */
function recordAt(bytes: Buffer, random: Random): number {
  let at = headerSize(bytes);
  for (let left = random.below(40); left > 0; left -= 1) {
    const next = at + (bytes[at] ?? 0) * 4;
    if (next === at || next + 16 > bytes.length) break;
    at = next;
  }
  return at;
}
