import { createTickloom } from '../../src/index.js';
import { timed, type BenchCase, type Workload } from '../bench-case.js';
import { clearSchema, loadAll, withClient } from '../database.js';

const SCHEMA = 'bench_ingest';

function ingestOf(name: string, title: string, path: (workload: Workload) => string): BenchCase {
  return {
    name,
    title,
    needsDatabase: true,
    run: async (workload) => {
      const { database } = workload;
      if (database === null) throw new Error('this case needs a database');
      await withClient(database, (client) => clearSchema(client, SCHEMA));
      const tickloom = createTickloom({ database, dbSchema: SCHEMA });
      try {
        await tickloom.database.migrate();
        return await timed(() => loadAll(tickloom, path(workload), workload.records));
      } finally {
        await tickloom.close();
      }
    },
  };
}

/** What a user waits for: a file on disk becomes committed rows, with ledger, symbology and coverage. */
export const ingestZst = ingestOf('ingest-zst', '.dbn.zst to committed rows', (workload) => workload.dbnZst);
export const ingestDbn = ingestOf('ingest-dbn', '.dbn to committed rows', (workload) => workload.dbn);
