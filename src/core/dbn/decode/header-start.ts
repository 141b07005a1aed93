/** Where the start of the range stands in a header, in every version: 8 bytes. */
const START_OFFSET = 26;
const START_BYTES = 8;

/** Whether two headers, as they came, say the same; perhaps but for the start of the range. */
export function isSameHeader(a: Uint8Array, b: Uint8Array, { butStart = false } = {}): boolean {
  if (a.byteLength !== b.byteLength) return false;
  return a.every((byte, index) => byte === b[index] || (butStart && isOfStart(index)));
}

/** A copy of a header in which the start of the range is zero. */
export function withoutStart(header: Uint8Array): Uint8Array {
  return header.slice().fill(0, START_OFFSET, START_OFFSET + START_BYTES);
}

const isOfStart = (index: number): boolean => index >= START_OFFSET && index < START_OFFSET + START_BYTES;
