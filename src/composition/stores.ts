import type { Database } from '../adapters/postgres/connection/database.js';
import { PostgresLedger } from '../adapters/postgres/ledger/postgres-ledger.js';
import { PostgresQuarantineStore } from '../adapters/postgres/quarantine/postgres-quarantine-store.js';
import { PostgresReplayStore } from '../adapters/postgres/quarantine/postgres-replay-store.js';
import { PostgresSink, type PostgresSinkOptions } from '../adapters/postgres/sink/postgres-sink.js';
import type { Ledger } from '../core/ledger/ledger.js';
import type { ReplayStore } from '../core/quarantine/replay-store.js';
import type { QuarantineStore } from '../core/quarantine/quarantine-store.js';
import type { Sink } from '../core/sink/sink.js';

/** What is kept in one database. */
export interface Stores {
  readonly sink: Sink;
  readonly ledger: Ledger;
  readonly quarantine: QuarantineStore;
  readonly replay: ReplayStore;
}

export function openStores(database: Database, sink: PostgresSinkOptions = {}): Stores {
  return {
    sink: new PostgresSink(database, sink),
    ledger: new PostgresLedger(database),
    quarantine: new PostgresQuarantineStore(database),
    replay: new PostgresReplayStore(database),
  };
}
