/**
 * What a run does about an error.
 *
 * - `fix`: usage or configuration; nothing starts (exit 2)
 * - `access`: key, entitlement or payment (exit 4)
 * - `retry`: temporary; tried again with back-off, then given up (exit 5)
 * - `fail-chunk`: the chunk is rolled back, the others go on (exit 3)
 * - `differs`: verification found a difference (exit 6)
 * - `budget`: the spending cap would be passed, nothing bought (exit 8)
 * - `locked`: another run holds what this one needs (exit 11)
 * - `abort`: a bug of ours (exit 1)
 * - `cancelled`: interrupted, resumable (exit 130 or 143)
 */
export type ErrorAction =
  'fix' | 'access' | 'retry' | 'fail-chunk' | 'differs' | 'budget' | 'locked' | 'abort' | 'cancelled';

/** Every code that leaves Tickloom, with what a run does about it. `docs/troubleshooting.md` explains each. */
export const ERROR_ACTIONS = {
  // usage and configuration
  USAGE: 'fix',
  CONFIG_INVALID: 'fix',
  PATH_NOT_FOUND: 'fix',
  PATH_UNREADABLE: 'fix',
  NO_INPUT: 'fix',
  SCHEMA_UNKNOWN: 'fix',
  SCHEMA_CLASH: 'fix',
  PLUGIN_INVALID: 'fix',
  PLUGIN_NOT_FOUND: 'fix',
  MODEL_INVALID: 'fix',
  REPORTER_UNKNOWN: 'fix',
  SOURCE_UNKNOWN: 'fix',
  SOURCE_OPTION_INVALID: 'fix',
  NOT_FOUND: 'fix',
  QUERY_REJECTED: 'fix',
  MIGRATION_PENDING: 'fix',
  SCHEMA_DRIFT: 'fix',
  DATABASE_URL_INVALID: 'fix',
  DATABASE_AUTH: 'fix',
  DATABASE_NOT_FOUND: 'fix',
  DATABASE_UNSUPPORTED: 'fix',
  DATABASE_PERMISSION: 'fix',
  STORAGE_UNAVAILABLE: 'fix',
  EMBEDDED_UNAVAILABLE: 'fix',
  ZSTD_UNAVAILABLE: 'fix',
  MEMORY_UNAVAILABLE: 'fix',
  OUTPUT_UNWRITABLE: 'fix',
  // the request to an API
  API_KEY_INVALID: 'fix',
  API_UNKNOWN: 'fix',
  REQUEST_REJECTED: 'fix',
  RANGE_UNAVAILABLE: 'fix',
  SYMBOL_NOT_FOUND: 'fix',
  // the bytes of a chunk
  NOT_DBN: 'fail-chunk',
  DBN_LEGACY: 'fail-chunk',
  DBN_VERSION: 'fail-chunk',
  EMPTY_STREAM: 'fail-chunk',
  METADATA_INVALID: 'fail-chunk',
  RECORD_LENGTH_INVALID: 'fail-chunk',
  RECORD_TOO_SHORT: 'fail-chunk',
  DECODE_FAILED: 'fail-chunk',
  DECODE_TRUNCATED: 'fail-chunk',
  ZSTD_FAILED: 'fail-chunk',
  ZSTD_WINDOW: 'fail-chunk',
  ZSTD_EXPANSION: 'fail-chunk',
  ZSTD_TRUNCATED: 'fail-chunk',
  ZSTD_CHECKSUM: 'fail-chunk',
  ENCODE_FAILED: 'fail-chunk',
  FRAGMENT_UNDECLARED: 'fail-chunk',
  PARTS_INCOMPLETE: 'fail-chunk',
  CHUNK_CHANGED: 'fail-chunk',
  LINE_INVALID: 'fail-chunk',
  SOURCE_FAILED: 'fail-chunk',
  LOAD_REJECTED: 'fail-chunk',
  COVERAGE_CONFLICT: 'fail-chunk',
  TOO_MANY_REJECTED: 'fail-chunk',
  REPLY_INVALID: 'fail-chunk',
  SUBMISSION_UNCERTAIN: 'fail-chunk',
  ARCHIVE_DAMAGED: 'fail-chunk',
  DOWNLOAD_CORRUPT: 'fail-chunk',
  // out of reach
  DATABASE_UNREACHABLE: 'retry',
  DATABASE_LOST: 'retry',
  DATABASE_CONFLICT: 'retry',
  DATABASE_FULL: 'retry',
  SOURCE_UNAVAILABLE: 'retry',
  BATCH_NOT_READY: 'retry',
  EMBEDDED_START: 'retry',
  THREAD_LOST: 'retry',
  // the rest
  LOCKED: 'locked',
  VERIFY_DIFFERS: 'differs',
  ACCESS_DENIED: 'access',
  COST_CAP: 'budget',
  INVARIANT: 'abort',
  INTERNAL: 'abort',
  CANCELLED: 'cancelled',
} as const satisfies Record<string, ErrorAction>;

export type ErrorCode = keyof typeof ERROR_ACTIONS;
