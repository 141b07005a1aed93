import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createTickloom } from '../src/index.js';
import { formatBytes, renderTable, type TextLayout } from '../src/adapters/terminal/index.js';
import { loadAll } from './database.js';
import type { BenchOptions } from './options.js';
import { QUESTIONS, type Question } from './reading-questions.js';
import { writeSample } from './workload.js';

const INDEXES = ['none', 'brin', 'btree'] as const;
type Index = (typeof INDEXES)[number];

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
 * Loads the same files with each kind of index, each into a Postgres schema of its own on one server, and asks each the
 * same questions, in turns.
 */
export async function measureReading(options: BenchOptions, note: (text: string) => void): Promise<ReadingResult> {
  const folder = await mkdtemp(join(tmpdir(), 'tickloom-bench-'));
  // Open to the account of the server, so that its data stay in here and go with the folder.
  await chmod(folder, 0o755);
  const server = createTickloom({ database: 'embedded', home: join(folder, 'home') });
  try {
    await server.database.start();
    const database = await server.database.url();
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      const costs: IndexCost[] = [];
      const schemas = [...new Set(QUESTIONS.map(({ schema }) => schema))];
      const files: string[] = [];
      for (const schema of schemas) {
        note(`making ${options.records} records of ${schema}`);
        files.push(join(folder, `${schema}.dbn.zst`));
        await writeSample({ ...options, schema }, files.at(-1) as string);
      }
      for (const index of INDEXES) {
        note(`loading with index ${index}`);
        costs.push(await load(client, database, index, files, options.records));
      }
      await client.query('VACUUM ANALYZE');
      return { records: options.records, costs, answers: await ask(client, options.runs, note) };
    } finally {
      await client.end();
    }
  } finally {
    await server.close();
    await server.database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function load(
  client: pg.Client,
  database: string,
  index: Index,
  files: readonly string[],
  records: number,
): Promise<IndexCost> {
  const dbSchema = `read_${index}`;
  const tickloom = createTickloom({ database, dbSchema, index });
  try {
    await tickloom.database.migrate();
    const start = performance.now();
    await loadAll(tickloom, files, records * files.length);
    const load_ms = performance.now() - start;
    const { rows } = await client.query<{ table_bytes: string; index_bytes: string }>(
      `SELECT sum(pg_table_size(c.oid)) AS table_bytes, sum(pg_indexes_size(c.oid)) AS index_bytes
         FROM pg_class c WHERE relkind = 'r' AND relnamespace = $1::regnamespace AND relname = ANY ($2)`,
      [dbSchema, QUESTIONS.map(({ schema }) => schema)],
    );
    const [sizes] = rows;
    return { index, load_ms, table_bytes: Number(sizes?.table_bytes), index_bytes: Number(sizes?.index_bytes) };
  } finally {
    await tickloom.close();
  }
}

/** Once unmeasured, so that all find their pages in memory. */
async function ask(client: pg.Client, runs: number, note: (text: string) => void): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of QUESTIONS) {
    note(`asking: ${question.title}`);
    const times = new Map<Index, number[]>(INDEXES.map((index) => [index, []]));
    let count = 0;
    for (let run = 0; run <= runs; run++) {
      for (const index of INDEXES) {
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
  const of = (index: Index): IndexCost | undefined => costs.find((cost) => cost.index === index);
  const columns = INDEXES.map((index) => ({ header: index, align: 'right' as const }));
  const costTable = renderTable(
    [{ header: 'cost' }, ...columns],
    [
      ['load', ...INDEXES.map((index) => `${((of(index)?.load_ms ?? 0) / 1000).toFixed(1)} s`)],
      ['tables', ...INDEXES.map((index) => formatBytes(of(index)?.table_bytes ?? 0))],
      ['indexes', ...INDEXES.map((index) => formatBytes(of(index)?.index_bytes ?? 0))],
    ],
    layout,
  );
  const answerTable = renderTable(
    [{ header: 'question' }, { header: 'rows', align: 'right' }, ...columns],
    QUESTIONS.map(({ title }) => {
      const given = INDEXES.map((index) => answers.find((each) => each.index === index && each.question === title));
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
