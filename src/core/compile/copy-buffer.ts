const INITIAL_BYTES = 64 << 10;

/** Memory for tuples, used again for every batch; it grows when a batch needs more. */
export class CopyBuffer {
  bytes = new Uint8Array(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);

  /** Makes room for so many bytes, the first `keep` of them unchanged. */
  reserve(bytes: number, keep = 0): void {
    if (bytes <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, keep));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}
