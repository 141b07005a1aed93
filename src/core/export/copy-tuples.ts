import { TickloomError } from '../errors/index.js';

/** Whole tuples of a binary COPY, as they came. Valid until the next ones are asked for. */
export interface CopyTuples {
  readonly bytes: Uint8Array;
  /** Over the same memory as `bytes`. */
  readonly view: DataView;
  /** For each tuple the position of its first cell, behind the count of cells. */
  readonly starts: readonly number[];
  /** Where the last one ends. */
  readonly end: number;
}

/** Signature and flags; then the length of an extension that nobody has defined. */
const FILE_HEADER_SIZE = 19;

/**
 * Cuts a binary COPY TO STDOUT, in pieces of any size, into tuples.
 * @throws INVARIANT when the stream ends before its trailer, and what the source throws
 */
export async function* copyTuples(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<CopyTuples, void, undefined> {
  let rest: Uint8Array = new Uint8Array();
  let headerRead = false;
  let ended = false;
  for await (const piece of pieces) {
    const bytes = rest.length === 0 ? piece : joined(rest, piece);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = 0;
    if (!headerRead) {
      if (bytes.length < FILE_HEADER_SIZE) {
        rest = bytes.slice();
        continue;
      }
      headerRead = true;
      at = FILE_HEADER_SIZE;
    }
    const starts: number[] = [];
    while (!ended && at + 2 <= bytes.length) {
      const cells = view.getInt16(at);
      if (cells < 0) {
        ended = true;
        break;
      }
      const end = endOfTuple(view, at + 2, cells);
      if (end === undefined) break;
      starts.push(at + 2);
      at = end;
    }
    if (starts.length > 0) yield { bytes, view, starts, end: at };
    rest = bytes.slice(at);
  }
  if (!ended) throw new TickloomError('INVARIANT', 'a COPY ended before its trailer');
}

/** Where the tuple ends; `undefined` when a part of it is still to come. */
function endOfTuple(view: DataView, start: number, cells: number): number | undefined {
  let at = start;
  for (let cell = 0; cell < cells; cell++) {
    if (at + 4 > view.byteLength) return undefined;
    const length = view.getInt32(at);
    at += length > 0 ? 4 + length : 4;
  }
  return at > view.byteLength ? undefined : at;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
