export interface BodyText {
  readonly text: string;
  /** False when the body has more than was read; its connection is closed then. */
  readonly whole: boolean;
}

/** Reads a body as UTF-8 text, up to a number of bytes. @throws TransportFailure when it ends early */
export async function readText(body: AsyncIterable<Uint8Array>, mostBytes: number): Promise<BodyText> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    parts.push(part);
    size += part.byteLength;
    if (size > mostBytes) break;
  }
  return { text: Buffer.concat(parts).toString('utf8', 0, mostBytes), whole: size <= mostBytes };
}
