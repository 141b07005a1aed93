import type { BodyPiece } from '../encode-body.js';
import type { Reply } from '../reply.js';
import type { Fault } from './fault.js';

const CHECKSUM_BYTES = 4;

/** The body with one byte flipped for each fault that says so. */
export function corrupted(body: Reply['body'], faults: readonly Fault[]): Reply['body'] {
  return faults.reduce((before, fault) => (fault.kind === 'corrupt' ? withFlippedByte(before, fault) : before), body);
}

function withFlippedByte(body: Reply['body'], fault: Extract<Fault, { kind: 'corrupt' }>): Reply['body'] {
  if (body instanceof Uint8Array) return flipped(body, body.length >> 1);
  return flippedPieces(body, fault);
}

async function* flippedPieces(
  body: AsyncIterable<BodyPiece>,
  { part = 'checksum', fraction = 0 }: Extract<Fault, { kind: 'corrupt' }>,
): AsyncGenerator<BodyPiece, void, undefined> {
  const pieces: BodyPiece[] = [];
  for await (const piece of body) pieces.push(piece);
  const chosen = Math.min(pieces.length - 1, Math.floor(fraction * pieces.length));
  for (const [index, piece] of pieces.entries()) {
    const { bytes } = piece;
    const place = piece.frame && part === 'checksum' ? bytes.length - CHECKSUM_BYTES : bytes.length >> 1;
    yield index === chosen ? { ...piece, bytes: flipped(bytes, place) } : piece;
  }
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  // slice of a Buffer is no copy
  const copy = Uint8Array.from(bytes);
  if (at < copy.length) copy[at] = (copy[at] as number) ^ 0x40;
  return copy;
}
