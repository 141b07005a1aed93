/** How new data tables are kept: `auto` takes hypertables where the database has TimescaleDB, and plain tables elsewhere. */
export const STORAGE_KINDS = ['auto', 'plain', 'timescale'] as const;
export type StorageKind = (typeof STORAGE_KINDS)[number];
