/** Which chunks to verify; everything that is left out does not narrow them. */
export interface VerifyFilter {
  readonly dataset?: string;
  /** Chunks of this one schema: those that mix several are left out. */
  readonly schema?: string;
  /** Id of a run, or a beginning of it. */
  readonly runId?: string;
  readonly chunkId?: number;
}

export interface VerifyRequest extends VerifyFilter {
  /** Compare with the bytes that the chunks came from, too. */
  readonly deep?: boolean;
}

/** In what way something held is not what it should be. */
export type DifferenceKind =
  | 'row_count'
  | 'row_digest'
  | 'quarantine_count'
  | 'quarantine_digest'
  /** Rows that belong to no chunk of the ledger. */
  | 'stray_rows'
  /** A chunk covers what the coverage table does not have, or the other way round. */
  | 'coverage'
  /** A value of a row, or a byte of a quarantined record, is not that of the original. */
  | 'value'
  | 'record_missing'
  | 'row_extra'
  /** The header or the original maps a symbol in a way that the symbology table does not have. */
  | 'symbology';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly chunk_id: number | null;
  readonly table: string | null;
  /** Position of the record in its chunk. */
  readonly ordinal: number | null;
  readonly column: string | null;
  /** What the database holds; `null` also for NULL. */
  readonly held: string | null;
  /** What the ledger or the original says. */
  readonly expected: string | null;
  /** All of it in words. */
  readonly message: string;
}

/** How many records of an original have something that has no column. Nothing is wrong with them. */
export interface NotStored {
  reserved_bytes: number;
  text_after_nul: number;
  ts_out: number;
  bytes_beyond_struct: number;
  /** An rtype other than that of the schema. */
  other_rtype: number;
}

/**
 * What became of the comparison with the bytes that a chunk came from.
 *
 * - `compared`: record by record
 * - `source_missing`: they cannot be read any more
 * - `source_changed`: what is there now is something else
 * - `not_compared`: no plugin serves the schema
 * - `nothing_to_compare`: days on which no symbol means an instrument; nobody was asked, and no record came
 */
export type OriginalStatus = 'compared' | 'source_missing' | 'source_changed' | 'not_compared' | 'nothing_to_compare';

export interface ChunkVerdict {
  readonly chunk_id: number;
  readonly source: string;
  readonly dataset: string;
  readonly schema: string | null;
  /** `unchecked`: no plugin serves its schema. */
  status: 'ok' | 'differs' | 'unchecked';
  rows: { expected: number; held: number };
  quarantined: { expected: number; held: number };
  /** `null` unless deep. */
  original: OriginalStatus | null;
  not_stored: NotStored | null;
  readonly differences: Difference[];
  /** Sentences about what is no difference. */
  readonly notes: string[];
}

/** What `verify --json` prints. */
export interface VerifyReport {
  readonly status: 'ok' | 'differs';
  readonly deep: boolean;
  readonly chunks: {
    readonly verified: number;
    readonly ok: number;
    readonly differ: number;
    readonly unchecked: number;
    /** Still loading, or left so by a run that was killed: not verified. */
    readonly unfinished: number;
  };
  readonly originals: { readonly compared: number; readonly missing: number; readonly changed: number };
  /** Held by the chunks that were verified. */
  readonly rows: number;
  readonly quarantined: number;
  /** Those that belong to no chunk. */
  readonly differences: readonly Difference[];
  readonly elapsed_ms: number;
  readonly details: readonly ChunkVerdict[];
}

/** A difference, with what is not said left `null`. */
export function difference(kind: DifferenceKind, message: string, more: Partial<Difference> = {}): Difference {
  const nothing = { chunk_id: null, table: null, ordinal: null, column: null, held: null, expected: null };
  return { kind, ...nothing, ...more, message };
}
