import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { RejectionReason } from '../quarantine/rejection.js';

/** What a mapper may ask about the record in hand. */
export interface MapperContext {
  readonly dataset: string;
  readonly schema: string;
  readonly version: DbnVersion;
  /** Position of the record in its chunk, from 0. */
  readonly ordinal: number;
  /** The record's symbol on the UTC day of its index timestamp: the one that its row gets. */
  readonly symbolOf: () => string;
}

/** A hand-written mapping: called once per record, in stream order. What it throws rejects the record. */
export interface RowMapper {
  /**
   * @param record an instance of the plugin's model, its values as the decorators say
   * @returns the row, an object with the model's properties; or what {@link reject} made
   */
  map(record: object, context: MapperContext): object;
}

const REJECTED = Symbol.for('tickloom.rejected');

/** Says that a record cannot be a row, and why. */
export function reject(...reasons: readonly RejectionReason[]): object {
  return { [REJECTED]: reasons };
}

/** The reasons when a mapper rejected the record, `undefined` when it gave a row. */
export function rejectedReasons(mapped: object): readonly RejectionReason[] | undefined {
  return REJECTED in mapped ? (mapped[REJECTED] as readonly RejectionReason[]) : undefined;
}
