import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTickloom } from '../src/index.js';
import { startBenchServer } from './bench-server.js';
import { formatBytes, renderTable, type TextLayout } from '../src/adapters/terminal/index.js';
import { loadAll } from './database.js';
import type { BenchOptions } from './options.js';
import { QUESTIONS, type Question } from './reading-questions.js';
import { writeSample } from './workload.js';

/** Kinds of tables: what index they have; of hypertables, whether they are compressed. */
const INDEXES = ['none', 'brin', 'btree'] as const;
const PARTITIONS = ['brin', 'compressed'] as const;
type Index = (typeof INDEXES)[number] | (typeof PARTITIONS)[number];

/** How long the answer to a question takes with one kind of index. */
export interface Answer {
  readonly index: Index;
  readonly question: string;
  readonly rows: number;
  readonly runs_ms: readonly number[];
  readonly median_ms: number;
}

/** What an index costs. */
export interface IndexCost {
  readonly index: Index;
  readonly load_ms: number;
  readonly table_bytes: number;
  readonly index_bytes: number;
}

export interface ReadingResult {
  readonly records: number;
  readonly costs: readonly IndexCost[];
  readonly answers: readonly Answer[];
}

/**
 * Loads the same files into each kind of table, each in a Postgres schema of its own on one server, and asks each the
 * same questions, in turns.
 */
export async function measureReading(
  options: BenchOptions,
  note: (text: string) => void,
  signal: AbortSignal,
): Promise<ReadingResult> {
  const folder = await mkdtemp(join(tmpdir(), 'tickloom-bench-'));
  // Open to the account of the server, so that its data stay in here and go with the folder.
  await chmod(folder, 0o755);
  const server = await startBenchServer(join(folder, 'home'));
  try {
    const { database, hypertables } = server;
    const indexes = hypertables ? PARTITIONS : INDEXES;
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      const costs: IndexCost[] = [];
      const schemas = [...new Set(QUESTIONS.map(({ schema }) => schema))];
      const files: string[] = [];
      for (const schema of schemas) {
        note(`making ${options.records} records of ${schema}`);
        files.push(join(folder, `${schema}.dbn.zst`));
        await writeSample({ ...options, schema }, files.at(-1) as string, signal);
      }
      for (const index of indexes) {
        note(`loading with index ${index}`);
        costs.push(await load(client, database, index, { files, records: options.records, signal }));
      }
      await client.query('VACUUM ANALYZE');
      return { records: options.records, costs, answers: await ask(client, indexes, options.runs, { note, signal }) };
    } finally {
      await client.end();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const TABLE_SIZES = `SELECT sum(pg_table_size(c.oid)) AS table_bytes, sum(pg_indexes_size(c.oid)) AS index_bytes
  FROM pg_class c WHERE relkind = 'r' AND relnamespace = $1::regnamespace AND relname = ANY ($2)`;
const HYPERTABLE_SIZES = `SELECT sum(s.table_bytes + s.toast_bytes) AS table_bytes, sum(s.index_bytes) AS index_bytes
  FROM unnest($2::text[]) name, hypertable_detailed_size(format('%I.%I', $1::text, name)::regclass) s`;

async function load(
  client: pg.Client,
  database: string,
  index: Index,
  { files, records, signal }: { files: readonly string[]; records: number; signal: AbortSignal },
): Promise<IndexCost> {
  const dbSchema = `read_${index}`;
  const tickloom =
    index === 'compressed'
      ? createTickloom({ database, dbSchema, compressAfter: '1h' })
      : createTickloom({ database, dbSchema, index });
  try {
    await tickloom.database.migrate();
    const start = performance.now();
    await loadAll(tickloom, files, records * files.length, { signal });
    const load_ms = performance.now() - start;
    const tables = (await tickloom.database.status()).storage?.kind === 'timescale' ? HYPERTABLE_SIZES : TABLE_SIZES;
    const { rows } = await client.query<{ table_bytes: string; index_bytes: string }>(tables, [
      dbSchema,
      QUESTIONS.map(({ schema }) => schema),
    ]);
    const [sizes] = rows;
    return { index, load_ms, table_bytes: Number(sizes?.table_bytes), index_bytes: Number(sizes?.index_bytes) };
  } finally {
    await tickloom.close();
  }
}

/** Once unmeasured, so that all find their pages in memory. */
async function ask(
  client: pg.Client,
  indexes: readonly Index[],
  runs: number,
  { note, signal }: { note: (text: string) => void; signal: AbortSignal },
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of QUESTIONS) {
    note(`asking: ${question.title}`);
    const times = new Map<Index, number[]>(indexes.map((index) => [index, []]));
    let count = 0;
    for (let run = 0; run <= runs; run++) {
      for (const index of indexes) {
        signal.throwIfAborted();
        const { ms, rows } = await answerOf(client, question, index);
        count = rows;
        if (run > 0) times.get(index)?.push(ms);
      }
    }
    for (const [index, runs_ms] of times) {
      const median_ms = [...runs_ms].sort((a, b) => a - b)[runs_ms.length >>> 1] ?? 0;
      answers.push({ index, question: question.title, rows: count, runs_ms, median_ms });
    }
  }
  return answers;
}

async function answerOf(client: pg.Client, question: Question, index: Index): Promise<{ ms: number; rows: number }> {
  await client.query(`SET search_path = read_${index}`);
  const start = performance.now();
  const { rows } = await client.query(question.sql);
  return { ms: performance.now() - start, rows: rows.length };
}

export function renderReading({ costs, answers }: ReadingResult, layout: TextLayout): string {
  const columns = costs.map(({ index }) => ({ header: index, align: 'right' as const }));
  const costTable = renderTable(
    [{ header: 'cost' }, ...columns],
    [
      ['load', ...costs.map(({ load_ms }) => `${(load_ms / 1000).toFixed(1)} s`)],
      ['tables', ...costs.map(({ table_bytes }) => formatBytes(table_bytes))],
      ['indexes', ...costs.map(({ index_bytes }) => formatBytes(index_bytes))],
    ],
    layout,
  );
  const answerTable = renderTable(
    [{ header: 'question' }, { header: 'rows', align: 'right' }, ...columns],
    QUESTIONS.map(({ title }) => {
      const given = costs.map(({ index }) => answers.find((each) => each.index === index && each.question === title));
      return [
        title,
        (given[0]?.rows ?? 0).toLocaleString('en-US'),
        ...given.map((answer) => `${(answer?.median_ms ?? 0).toFixed(1)} ms`),
      ];
    }),
    layout,
  );
  return `${costTable}\n${answerTable}`;
}
