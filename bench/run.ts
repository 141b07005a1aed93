import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectTerminal, type TextLayout } from '../src/adapters/terminal/index.js';
import type { BenchCase, Measurement, Workload } from './bench-case.js';
import { prepareDatabase } from './database.js';
import { measure } from './measure.js';
import { USAGE, benchOptions, type BenchOptions } from './options.js';
import { measureReading, renderReading } from './reading.js';
import { compared, renderResults, resultOf, type CaseResult } from './results.js';
import { renderTargets, targetResults, type TargetResult } from './targets.js';
import { writeWorkload } from './workload.js';

/** All cases of one schema. */
interface SchemaResult {
  readonly schema: string;
  readonly records: number;
  readonly runs: number;
  /** `null` when no case needed a server. */
  readonly postgres: string | null;
  /** Of the machine over a minute, before and after: what it did beside. */
  readonly load_average: readonly [number, number];
  readonly cases: readonly CaseResult[];
  readonly targets: readonly TargetResult[];
}

async function main(): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (options.reading) {
    const result = await measureReading(options, note);
    const title = `${result.records.toLocaleString('en-US')} records of each schema, medians of ${options.runs} runs`;
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ machine: machine(), ...result }, null, 2)}\n`
        : `${machine()}\n\n${title}\n\n${renderReading(result, layout())}`,
    );
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'tickloom-bench-'));
  // Open to the account of the server, so that its data stay in here and go with the folder.
  await chmod(folder, 0o755);
  const results: SchemaResult[] = [];
  try {
    if (!options.json) process.stdout.write(`${machine()}\n`);
    for (const schema of options.schemas) {
      const cases = options.cases.filter((bench) => results.length === 0 || bench.once !== true).filter(isAvailable);
      const result = await runSchema({ ...options, cases }, schema, join(folder, schema));
      results.push(result);
      if (!options.json) process.stdout.write(`\n${describe(result)}\n\n${tables(result)}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ machine: machine(), schemas: results }, null, 2)}\n`);
}

function isAvailable(bench: BenchCase): boolean {
  if (bench.available === undefined || bench.available()) return true;
  note(`left out: ${bench.name}, its program is not installed`);
  return false;
}

async function runSchema(options: BenchOptions, schema: string, folder: string): Promise<SchemaResult> {
  const before = loadavg()[0] ?? 0;
  await mkdir(folder);
  note(`${schema}: making ${options.records} records`);
  const files = await writeWorkload(options, schema, folder);
  const { records } = files;
  const resultFor = (cases: readonly CaseResult[], postgres: string | null, hypertables = false): SchemaResult => ({
    schema,
    records,
    runs: options.runs,
    postgres,
    load_average: [before, loadavg()[0] ?? 0],
    cases,
    targets: targetResults(schema, cases, hypertables),
  });
  try {
    if (!options.cases.some((bench) => bench.needsDatabase)) {
      const cases = await takeTurns(options, files);
      return resultFor(cases, null);
    }
    note(`${schema}: starting a server and preparing the rows`);
    const database = await prepareDatabase(files);
    try {
      const cases = await takeTurns(options, database.workload);
      return resultFor(cases, database.version, database.workload.ready?.hypertables);
    } finally {
      await database.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The cases take turns, so that what else the machine does hits all of them alike. */
async function takeTurns(options: BenchOptions, workload: Workload): Promise<CaseResult[]> {
  const measurements = options.cases.map((): Measurement[] => []);
  for (let run = 1; run <= options.runs; run += 1) {
    for (const [index, bench] of options.cases.entries()) {
      note(`${workload.schema}, run ${run} of ${options.runs}: ${bench.name}`);
      measurements[index]?.push(await measure(bench, workload));
    }
  }
  return compared(options.cases.map((bench, index) => resultOf(bench, measurements[index] ?? [])));
}

function machine(): string {
  return `Node ${process.versions.node}, ${platform()} ${arch()}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'cpu'}`;
}

function describe({ records, schema, runs, postgres, load_average }: SchemaResult): string {
  const [before = '', after = ''] = load_average.map((load) => load.toFixed(1));
  const server = postgres === null ? '' : `PostgreSQL ${postgres}, `;
  return [
    `${schema}: ${records.toLocaleString('en-US')} records, medians of ${runs} runs, each in a process of its own`,
    `${server}load of the machine ${before} before, ${after} after`,
  ].join('\n');
}

function tables({ cases, targets }: SchemaResult): string {
  return renderResults(cases, layout()) + (targets.length === 0 ? '' : `\n${renderTargets(targets, layout())}`);
}

function layout(): TextLayout {
  const { color, unicode, columns } = detectTerminal(process.stdout, process.env, platform());
  return { color, unicode, columns: columns() };
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
