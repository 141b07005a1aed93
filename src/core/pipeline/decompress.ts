/**
 * Undoes the compression of a byte stream, if it has one; plain DBN passes through as it is. What it gives
 * is valid until the next is asked for. Leaving the output early closes the source.
 */
export type Decompress = (source: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
