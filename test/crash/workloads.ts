import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compress } from '../../src/adapters/zstd/index.js';
import { DbnDecoder } from '../../src/core/dbn/index.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import { generateSample } from '../../src/core/sample/index.js';

/** One command that has to end in the same database however often it is disturbed. */
export interface Workload {
  readonly name: string;
  /** Kinds take turns: a schema, `bars` of trades, or `parts` of a large file of them. */
  readonly kind: string;
  /** Arguments of an `ingest` in peace before the command; none without. */
  readonly before: readonly string[];
  /** Arguments of `ingest`. */
  readonly args: readonly string[];
  /** True when the command meets a database without tables, and migrates it. */
  readonly empty: boolean;
  /** True when running it again loads again, so that its ledger grows: `--force`. */
  readonly repeats: boolean;
}

export function kindsOf(workloads: readonly Workload[]): readonly string[] {
  return [...new Set(workloads.map(({ kind }) => kind))];
}

interface FileSpec {
  readonly name: string;
  readonly schema: string;
  readonly start: string;
  readonly records: number;
  readonly seed?: number;
  readonly version?: DbnVersion;
  /** Ordinals of records that are made unfit to be rows. */
  readonly bad?: readonly number[];
}

/** Half as many again as a load sends before it takes one more connection. */
const LARGE = 300_000;
const SCHEMAS = ['trades', 'tbbo', 'ohlcv-1m', 'statistics', 'definition'] as const;
const [MONDAY, TUESDAY, WEDNESDAY] = ['2024-03-04', '2024-03-05', '2024-03-06'] as const;

/** The offset of the index timestamp: `ts_recv` lies behind the body's first fields, bars have `ts_event` alone. */
const indexTimestampOf = (bytes: Uint8Array): number => {
  const decoder = new DbnDecoder();
  decoder.push(bytes);
  const [batch] = [...decoder.batches()];
  const layout = batch?.layout;
  return layout?.fields.find(({ name }) => name === layout.indexTimestamp)?.offset ?? 0;
};

function bytesOf({ schema, start, records, seed = 1, version = 3, bad = [] }: FileSpec): Buffer {
  const sample = generateSample({ schema, start, records, seed, version, instruments: 3, days: 1, stypeIn: 'parent' });
  const bytes = Buffer.concat([...sample.bytes()]);
  const [header] = [...sample.bytes()];
  const first = header?.length ?? 0;
  const size = (bytes.length - first) / records;
  const offset = bad.length === 0 ? 0 : indexTimestampOf(bytes);
  for (const ordinal of bad) bytes.fill(0xff, first + ordinal * size + offset, first + ordinal * size + offset + 8);
  return bytes;
}

async function write(folder: string, spec: FileSpec): Promise<string> {
  const path = join(folder, spec.name);
  const bytes = bytesOf(spec);
  const pieces: Uint8Array[] = [];
  if (!path.endsWith('.zst')) pieces.push(bytes);
  else for await (const piece of compress(one(bytes))) pieces.push(piece);
  await writeFile(path, Buffer.concat(pieces));
  return path;
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** The files of a schema that its commands load. */
interface Files {
  readonly all: readonly string[];
  readonly first: readonly string[];
  /** Brings other records in the place of some. */
  readonly revised: string;
}

/**
 * Writes the files of all workloads. Each schema has records that go to quarantine, a compressed file, one of an older DBN
 * version, and one that brings the records of another again.
 */
export async function makeWorkloads(folder: string): Promise<readonly Workload[]> {
  const workloads: Workload[] = [];
  const bars: Workload[] = [];
  for (const schema of SCHEMAS) {
    const own = join(folder, schema);
    await mkdir(own, { recursive: true });
    const records = schema === 'definition' ? 150 : 1200;
    // The legs of a spread came with version 3: an older one cannot bring the same records.
    const [version, older] = schema === 'definition' ? ([2, 1] as const) : ([3, 2] as const);
    const monday = { schema, start: MONDAY, records, version, bad: [3, 4, records - 1] };
    const first = await write(own, { ...monday, name: 'monday.dbn' });
    const again = await write(own, { ...monday, name: 'monday-again.dbn.zst', version: older });
    const second = await write(own, {
      name: 'tuesday.dbn.zst',
      schema,
      start: TUESDAY,
      records: records * 2,
      version: 1,
      bad: [0, 17],
    });
    const third = await write(own, { name: 'wednesday.dbn', schema, start: WEDNESDAY, records });
    const revised = await write(own, { ...monday, name: 'revised.dbn', seed: 2, bad: [7] });
    const files = { all: [first, second, again, third], first: [first, second], revised };
    workloads.push(...commandsOn(schema, files));
    if (schema === 'trades') bars.push(...commandsOn('bars', files, ['--bars', '1m,1d']));
  }
  return [...workloads, ...bars, await inParts(folder)];
}

/** A file so large that a load takes a second connection for it. */
async function inParts(folder: string): Promise<Workload> {
  const kind = 'parts';
  const own = join(folder, kind);
  await mkdir(own, { recursive: true });
  const large = { name: 'large.dbn.zst', schema: 'trades', start: MONDAY, records: LARGE, bad: [5, LARGE - 1] };
  const args = ['--concurrency', '2', await write(own, large)];
  return { kind, name: 'parts load', before: [], args, empty: false, repeats: false };
}

/** @param flags of what loads for the first time; what was asked for with them is kept up to date by all that follows */
function commandsOn(kind: string, { all, first, revised }: Files, flags: readonly string[] = []): Workload[] {
  const usual = { kind, before: [], empty: false, repeats: false };
  return [
    { ...usual, name: `${kind} load`, args: [...flags, ...all] },
    { ...usual, name: `${kind} first`, args: [...flags, ...first], empty: true },
    { ...usual, name: `${kind} force`, before: [...flags, ...first], args: ['--force', revised], repeats: true },
  ];
}
