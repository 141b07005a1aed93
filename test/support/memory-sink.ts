import type { Ledger } from '../../src/core/ledger/ledger.js';
import { noRecords } from '../../src/core/report/counts.js';
import type { ChunkLoad, Sink } from '../../src/core/sink/sink.js';

/** Where a host without a database keeps things: what it was given, counted. */
export interface MemorySink {
  readonly sink: Sink;
  readonly ledger: Ledger;
  /** Committed, by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly runs: readonly string[];
}

export function memorySink(): MemorySink {
  const rows: Record<string, number> = {};
  const runs: string[] = [];
  let chunks = 0;
  const beginChunk = async (): Promise<ChunkLoad> => {
    const incoming: Record<string, number> = {};
    let quarantined = 0;
    return {
      chunkId: ++chunks,
      write: async ({ name }, _tuples, count) => void (incoming[name] = (incoming[name] ?? 0) + count),
      quarantine: async (rejections) => void (quarantined += rejections.length),
      settle: async ({ decoded, control, unsupported }) => {
        const loaded = Object.values(incoming).reduce((sum, count) => sum + count, 0);
        const records = { ...noRecords(), decoded, loaded, quarantined, control, unsupported };
        return { records, sameContent: false, nothingNew: false };
      },
      commit: async () => void Object.assign(rows, incoming),
      rollback: async () => undefined,
    };
  };
  const ledger: Ledger = {
    startRun: async ({ runId }) => void runs.push(runId),
    finishRun: async () => undefined,
    recordFailure: async () => undefined,
    knowsHeader: async () => false,
    findContent: async () => undefined,
    relocate: async () => undefined,
    coverageOf: async () => 'none',
    listRuns: async () => [],
    showRun: async () => undefined,
    coverage: async () => [],
    boughtChunks: async () => [],
    covered: async () => [],
  };
  return { sink: { beginChunk }, ledger, rows, runs };
}
