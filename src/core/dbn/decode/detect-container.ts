/** What a byte stream is, as far as its first bytes tell. A fragment, which describes nothing, is `unknown`. */
export type Container = 'dbn' | 'zstd' | 'dbz' | 'unknown';

/** So many first bytes are needed to tell every container apart. */
export const DETECTION_BYTES = 12;

/** The first bytes of a zstd frame. */
export const ZSTD_MAGIC: readonly number[] = [0x28, 0xb5, 0x2f, 0xfd];
/** Of a zstd skippable frame; the low half of its first byte is free. */
const SKIPPABLE_MAGIC_TAIL = [0x2a, 0x4d, 0x18];
/** "DBN": the first bytes of a stream with a header; the version follows. */
export const DBN_MAGIC: readonly number[] = [0x44, 0x42, 0x4e];
/** Stands in the content of the skippable frame that a legacy DBZ file begins with. */
const DBZ_MAGIC = [0x44, 0x42, 0x5a, 0x01];
const DBZ_MAGIC_OFFSET = 8;

const has = (bytes: Uint8Array, offset: number, magic: readonly number[]): boolean =>
  magic.every((byte, index) => bytes[offset + index] === byte);

const isSkippable = (bytes: Uint8Array): boolean =>
  ((bytes[0] ?? 0) & 0xf0) === 0x50 && has(bytes, 1, SKIPPABLE_MAGIC_TAIL);

/** Tells what a stream is from its first bytes, {@link DETECTION_BYTES} of them or all there are. */
export function detectContainer(firstBytes: Uint8Array): Container {
  if (isSkippable(firstBytes) && has(firstBytes, DBZ_MAGIC_OFFSET, DBZ_MAGIC)) return 'dbz';
  if (has(firstBytes, 0, DBN_MAGIC)) return 'dbn';
  if (has(firstBytes, 0, ZSTD_MAGIC) || isSkippable(firstBytes)) return 'zstd';
  return 'unknown';
}
