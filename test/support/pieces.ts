/** Bytes as a stream of pieces of `size` bytes. */
export async function* piecesOf(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** A whole stream in one piece. */
export async function gathered(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(Uint8Array.from(piece));
  return Buffer.concat(pieces);
}
