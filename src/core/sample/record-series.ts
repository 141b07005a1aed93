import { fieldOf } from '../dbn/layout/field-of.js';
import type { RecordLayout } from '../dbn/layout/record-layout.js';

/** Records of one kind, made one after the other. Writes into the caller's memory: no object for each record. */
export interface RecordSeries {
  /** Bytes. */
  readonly recordSize: number;
  /** Writes the next record at `at`, all of its bytes; the memory is zero before. */
  writeNext(view: DataView, at: number): void;
}

/** Where the named fields stand in a record. @throws INVARIANT when the layout has no such field */
export function offsetsOf<Name extends string>(
  layout: RecordLayout,
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name) => [name, fieldOf(layout, name).offset])) as Record<Name, number>;
}
