import type { ColumnSpec } from '../model/model-spec.js';
import { cellText } from './cell-text.js';

/** The first column in which two rows differ. */
export interface DifferentCell {
  readonly column: string;
  readonly held: string | null;
  readonly source: string | null;
}

/** Cells of a tuple: bytes, and where the first one begins. */
export interface Cells {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Where the tuple with so many cells ends whose first cell is at `at`. */
export function endOfCells(view: DataView, at: number, cells: number): number {
  for (let left = cells; left > 0; left--) {
    const size = view.getInt32(at);
    at += size > 0 ? 4 + size : 4;
  }
  return at;
}

/** Compares two rows cell by cell. */
export function differentCell(columns: readonly ColumnSpec[], held: Cells, source: Cells): DifferentCell | undefined {
  let heldAt = held.at;
  let sourceAt = source.at;
  for (const { name, type } of columns) {
    const one = cellAt(held.bytes, heldAt);
    const other = cellAt(source.bytes, sourceAt);
    if (!equal(one, other)) return { column: name, held: cellText(type, one), source: cellText(type, other) };
    heldAt += 4 + (one?.length ?? 0);
    sourceAt += 4 + (other?.length ?? 0);
  }
  return undefined;
}

function cellAt(bytes: Uint8Array, at: number): Uint8Array | null {
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(at);
  return size < 0 ? null : bytes.subarray(at + 4, at + 4 + size);
}

function equal(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
