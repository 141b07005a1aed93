import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectTerminal } from '../src/adapters/terminal/index.js';
import type { Measurement, Workload } from './bench-case.js';
import { prepareDatabase } from './database.js';
import { measure } from './measure.js';
import { USAGE, benchOptions, type BenchOptions } from './options.js';
import { compared, renderResults, resultOf, type CaseResult } from './results.js';
import { writeWorkload } from './workload.js';

/** What the others are compared with. */
const REFERENCE = 'copy-ready';

async function main(): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tickloom-bench-'));
  // Open to the account of the server, so that its data stay in here and go with the folder.
  await chmod(folder, 0o755);
  try {
    const results = compared(await runAll(options, folder), REFERENCE);
    if (options.json) process.stdout.write(`${JSON.stringify(report(options, results), null, 2)}\n`);
    else process.stdout.write(`${describe(options)}\n\n${table(results)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(options: BenchOptions, folder: string): Promise<CaseResult[]> {
  note(`making ${options.records} records of ${options.schema}`);
  const files = await writeWorkload(options, folder);
  if (!options.cases.some((bench) => bench.needsDatabase)) return takeTurns(options, files);
  note('starting a server and preparing the rows');
  const database = await prepareDatabase(files, folder);
  try {
    return await takeTurns(options, database.workload);
  } finally {
    await database.stop();
  }
}

/** The cases take turns, so that what else the machine does hits all of them alike. */
async function takeTurns(options: BenchOptions, workload: Workload): Promise<CaseResult[]> {
  const measurements = options.cases.map((): Measurement[] => []);
  for (let run = 1; run <= options.runs; run += 1) {
    for (const [index, bench] of options.cases.entries()) {
      note(`run ${run} of ${options.runs}: ${bench.name}`);
      measurements[index]?.push(await measure(bench, workload));
    }
  }
  return options.cases.map((bench, index) => resultOf(bench, measurements[index] ?? []));
}

function machine(): string {
  return `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}`;
}

function describe({ records, schema, runs }: BenchOptions): string {
  const count = records.toLocaleString('en-US');
  return `${count} records of ${schema}, medians of ${runs} runs, each in a process of its own\n${machine()}`;
}

function table(results: readonly CaseResult[]): string {
  const { color, unicode, columns } = detectTerminal(process.stdout, process.env, platform());
  return renderResults(results, REFERENCE, { color, unicode, columns: columns() });
}

function report(options: BenchOptions, results: readonly CaseResult[]): unknown {
  const { schema, records, runs } = options;
  return { machine: machine(), schema, records, runs, reference: REFERENCE, cases: results };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
