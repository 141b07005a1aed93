/** Undoes the compression of a byte stream, if it has one; plain DBN passes through as it is. */
export type Decompress = (source: AsyncIterable<Uint8Array>, signal: AbortSignal) => AsyncIterable<Uint8Array>;
