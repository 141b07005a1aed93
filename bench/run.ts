import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { arch, cpus, loadavg, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupts } from '../src/cli/interrupts.js';
import { detectTerminal, type TextLayout } from '../src/adapters/terminal/index.js';
import type { BenchCase, Measurement, Workload } from './bench-case.js';
import { prepareDatabase } from './database.js';
import { renderFlameGraph, type CpuProfile } from './flame-graph.js';
import { measure } from './measure.js';
import { USAGE, benchOptions, type BenchOptions } from './options.js';
import { PROFILE_VARIABLE } from './profiled.js';
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
  readonly profiles: readonly CaseProfile[];
}

interface CaseProfile {
  readonly case: string;
  readonly flame_graph: string;
}

const interrupts = new Interrupts({
  env: process.env,
  notice: note,
  quit: (code) => process.exit(code),
});

async function main(signal: AbortSignal): Promise<void> {
  const options = benchOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  if (options.reading) {
    const result = await measureReading(options, note, signal);
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
      const result = await runSchema({ ...options, cases }, schema, join(folder, schema), signal);
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

async function runSchema(
  options: BenchOptions,
  schema: string,
  folder: string,
  signal: AbortSignal,
): Promise<SchemaResult> {
  const before = loadavg()[0] ?? 0;
  await mkdir(folder);
  note(`${schema}: making ${options.records} records`);
  const files = await writeWorkload(options, schema, folder, signal);
  const { records } = files;
  const allOf = async (workload: Workload, postgres: string | null): Promise<SchemaResult> => {
    const cases = await takeTurns(options, workload, signal);
    const profiles = await profilesOf(options.profiled, workload, signal);
    const load_average = [before, loadavg()[0] ?? 0] as const;
    const targets = targetResults(schema, cases, workload.ready?.hypertables);
    return { schema, records, runs: options.runs, postgres, load_average, cases, targets, profiles };
  };
  try {
    if (![...options.cases, ...options.profiled].some((bench) => bench.needsDatabase)) return await allOf(files, null);
    note(`${schema}: starting a server and preparing the rows`);
    const database = await prepareDatabase(files, signal);
    try {
      return await allOf(database.workload, database.version);
    } finally {
      await database.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Profiling makes a case slower, so it is done in runs that do not count. */
async function profilesOf(
  cases: readonly BenchCase[],
  workload: Workload,
  signal: AbortSignal,
): Promise<CaseProfile[]> {
  const profiles: CaseProfile[] = [];
  for (const bench of cases) {
    note(`${workload.schema}: profiling ${bench.name}`);
    const path = join(workload.folder, `${bench.name}.cpuprofile`);
    await measure(bench, workload, signal, { [PROFILE_VARIABLE]: path });
    const profile = JSON.parse(await readFile(path, 'utf8')) as CpuProfile;
    profiles.push({ case: bench.name, flame_graph: renderFlameGraph(profile) });
  }
  return profiles;
}

/** The cases take turns, so that what else the machine does hits all of them alike. */
async function takeTurns(options: BenchOptions, workload: Workload, signal: AbortSignal): Promise<CaseResult[]> {
  const measurements = options.cases.map((): Measurement[] => []);
  for (let run = 1; run <= options.runs; run += 1) {
    for (const [index, bench] of options.cases.entries()) {
      note(`${workload.schema}, run ${run} of ${options.runs}: ${bench.name}`);
      measurements[index]?.push(await measure(bench, workload, signal));
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

function tables({ cases, targets, profiles }: SchemaResult): string {
  return [
    renderResults(cases, layout()),
    ...(targets.length === 0 ? [] : [renderTargets(targets, layout())]),
    ...profiles.map(({ case: name, flame_graph }) => `${name}: ${flame_graph}`),
  ].join('\n');
}

function layout(): TextLayout {
  const { color, unicode, columns } = detectTerminal(process.stdout, process.env, platform());
  return { color, unicode, columns: columns() };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

try {
  interrupts.listen();
  await main(interrupts.signal);
} catch (error) {
  // what was begun is stopped and cleared away by now; how it failed on the way is of no interest
  if (interrupts.exitCode === undefined)
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = interrupts.exitCode ?? 1;
}
