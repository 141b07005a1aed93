import type { RejectionReason } from './rejection.js';

export interface QuarantineFilter {
  readonly dataset?: string;
  readonly schema?: string;
  readonly state?: 'open' | 'replayed' | 'dropped';
  readonly chunkId?: number;
  /** Name of the plugin that rejected it. */
  readonly plugin?: string;
  readonly limit?: number;
}

/** One line of `quarantine list`. */
export interface QuarantineEntry {
  readonly id: number;
  readonly chunk_id: number;
  readonly ordinal: number;
  readonly dataset: string;
  readonly schema: string;
  readonly plugin: string;
  readonly plugin_version: string;
  readonly state: 'open' | 'replayed' | 'dropped';
  readonly reasons: readonly RejectionReason[];
  /** Why it was dropped; `null` for one that was not. */
  readonly drop_reason: string | null;
  readonly source: string;
}

/** An entry with what is needed to decode its record again. */
export interface QuarantinedRecord extends QuarantineEntry {
  readonly record: Uint8Array;
  readonly dbn_version: 1 | 2 | 3;
  readonly ts_out: boolean;
}

/** Reads what was kept aside. */
export interface QuarantineStore {
  list(filter: QuarantineFilter): Promise<QuarantineEntry[]>;
  show(id: number): Promise<QuarantinedRecord | undefined>;
}
