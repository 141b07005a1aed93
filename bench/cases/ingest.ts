import { createWriteStream } from 'node:fs';
import { BarReporter } from '../../src/adapters/reporters/index.js';
import { createTickloom } from '../../src/index.js';
import { timed, type BenchCase, type Workload } from '../bench-case.js';
import { clearSchema, loadAll, readyRowsOf, withClient } from '../database.js';

const SCHEMA = 'bench_ingest';

interface Ingest {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  readonly paths: (workload: Workload) => readonly string[];
  readonly concurrency?: number;
  readonly progress?: boolean;
}

/** With ledger, symbology and coverage, into tables that are there and empty. */
function ingestOf({ name, title, reference, paths, concurrency = 1, progress = false }: Ingest): BenchCase {
  return {
    name,
    title,
    needsDatabase: true,
    reference,
    run: async (workload) => {
      await withClient(workload, (client) => clearSchema(client, SCHEMA));
      const tickloom = createTickloom({ database: readyRowsOf(workload).database, dbSchema: SCHEMA });
      const reporter = progress ? barReporter() : undefined;
      try {
        await tickloom.database.migrate();
        const options = { concurrency, ...(reporter === undefined ? {} : { reporter }) };
        return await timed(() => loadAll(tickloom, paths(workload), workload.records, options));
      } finally {
        await reporter?.close();
        await tickloom.close();
      }
    },
  };
}

/** Draws as on a terminal, to nowhere. */
function barReporter(): BarReporter {
  return new BarReporter({
    stream: createWriteStream('/dev/null'),
    columns: () => 100,
    redrawable: true,
    color: true,
    unicode: true,
    verbose: false,
  });
}

/** What a user waits for: a file on disk becomes committed rows. */
export const ingestZst = ingestOf({
  name: 'ingest-zst',
  title: '.dbn.zst to committed rows',
  reference: 'copy-ready',
  paths: ({ dbnZst }) => [dbnZst],
});
export const ingestDbn = ingestOf({
  name: 'ingest-dbn',
  title: '.dbn to committed rows',
  reference: 'copy-ready',
  paths: ({ dbn }) => [dbn],
});
export const ingestBar = ingestOf({
  name: 'ingest-bar',
  title: '.dbn.zst to committed rows, with the progress bar',
  reference: 'ingest-zst',
  paths: ({ dbnZst }) => [dbnZst],
  progress: true,
});
export const ingestParts = ingestOf({
  name: 'ingest-parts',
  title: 'one .dbn.zst over two connections, --concurrency 2',
  reference: 'ingest-zst',
  paths: ({ dbnZst }) => [dbnZst],
  concurrency: 2,
});
export const ingestTwo = ingestOf({
  name: 'ingest-two',
  title: 'two .dbn.zst to committed rows, --concurrency 2',
  reference: 'copy-two',
  paths: ({ dbnHalves }) => dbnHalves,
  concurrency: 2,
});
