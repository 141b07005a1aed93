/** One reason why a record cannot be a row. */
export interface RejectionReason {
  /** Stable word for programs, e.g. `high-below-low`, `price-out-of-range`, `timestamp-undefined`. */
  readonly code: string;
  /** The field at fault, or `null` for the record as a whole. */
  readonly field: string | null;
  /** For a person: what was expected, and the value that was found, in quotes. */
  readonly message: string;
}

/** A record that cannot be a row: kept with its bytes, never thrown. */
export interface Rejection {
  /** Position of the record in its chunk, from 0. */
  readonly ordinal: number;
  readonly schema: string;
  readonly plugin: string;
  readonly pluginVersion: string;
  /** The record as it came, header included; a copy. */
  readonly bytes: Uint8Array;
  readonly reasons: readonly RejectionReason[];
  readonly instrumentId: number;
  /** The index timestamp in ns, `null` when undefined. */
  readonly indexTimestamp: bigint | null;
}
