import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { compress } from '../../../src/adapters/zstd/index.js';
import { encodeDbn, newMetadata } from '../../../src/core/dbn/encode/dbn-encoder.js';
import { generateSample, SAMPLE_SCHEMAS } from '../../../src/core/sample/index.js';
import {
  createTickloom,
  RecordingReporter,
  type IngestRequest,
  type ProgressEvent,
  type ChunkReport,
  type RunReport,
  type TickloomOptions,
} from '../../../src/index.js';
import { differences, takeSnapshot, type Snapshot } from '../../crash/snapshot.js';
import { notePlugin, noteFragment } from '../../support/note-plugin.js';
import { plausibleFile } from '../../support/plausible-file.js';
import { builtinRegistry } from '../../support/plugin-rows.js';
import { createDatabase } from '../../support/postgres-server.js';
import { countThreads } from '../../support/thread-count.js';
import { DAY, MONDAY, SECOND, trade, trades, tradesFile, unservedBar } from '../../support/trade-file.js';

const UNDEFINED_TIME = 2n ** 64n - 1n;

/** What a run left behind, in words that do not depend on the clock. */
interface Outcome {
  readonly report: readonly object[];
  readonly snapshot: Snapshot;
  readonly events: readonly object[];
  readonly threads: number;
}

describe('rows made in threads', function () {
  this.timeout(240_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-threads-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function file(name: string, bytes: Uint8Array | string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  }

  const zstd = async (bytes: Uint8Array): Promise<Uint8Array> =>
    Buffer.concat((await Readable.from(compress(Readable.from([bytes]))).toArray()) as Uint8Array[]);

  type Request = Omit<IngestRequest, 'workers' | 'stdin'> & { readonly piped?: Uint8Array };

  /** Runs the requests, one after the other, into a database of their own. */
  async function outcome(
    workers: number,
    requests: readonly Request[],
    options: TickloomOptions = {},
  ): Promise<Outcome> {
    const database = await createDatabase();
    const tickloom = createTickloom({ database: database.url, ...options });
    const reporter = new RecordingReporter();
    const started = countThreads();
    try {
      const reports: object[] = [];
      for (const { piped, ...request } of requests) {
        const stdin = piped === undefined ? {} : { stdin: Readable.from([piped.slice(0, 999), piped.slice(999)]) };
        const report = await tickloom.ingest({ ...request, ...stdin, workers }, { reporter });
        reports.push(steady(report));
      }
      const snapshot = await takeSnapshot(database.url, { ledger: true });
      return { report: reports, snapshot, events: told(reporter.events), threads: started.count() };
    } finally {
      started.stop();
      expect(started.running()).to.equal(0);
      await tickloom.close();
      await database.drop();
    }
  }

  async function expectSame(requests: readonly Request[], options: TickloomOptions = {}): Promise<Outcome> {
    const here = await outcome(0, requests, options);
    const there = await outcome(2, requests, options);
    expect(here.threads).to.equal(0);
    expect(linesOf(there.report)).to.equal(linesOf(here.report));
    expect(differences(here.snapshot, there.snapshot)).to.deep.equal([]);
    expect(linesOf(there.events)).to.equal(linesOf(here.events));
    return there;
  }

  it('are the same for every schema, compressed or not, and so is what is said of them', async () => {
    const paths: string[] = [];
    for (const schema of SAMPLE_SCHEMAS) {
      const sample = generateSample({ schema, records: 8_000, days: 2, instruments: 3, seed: 7 });
      const bytes = Buffer.concat([...sample.bytes()]);
      paths.push(await file(`${schema}.dbn.zst`, await zstd(bytes)));
    }
    const others = builtinRegistry.list().map(({ name }) => name);
    for (const schema of others.filter((name) => !(SAMPLE_SCHEMAS as readonly string[]).includes(name))) {
      paths.push(await file(`${schema}.dbn`, plausibleFile(schema, 3, 3_000)));
    }
    // Twice: the second time the chunks are known, and looked through.
    const piped = tradesFile(trades(8_000), { dataset: 'XNAS.ITCH' });
    const { threads } = await expectSame([{ paths }, { paths: paths.slice(0, 3) }, { paths: ['-'], piped }]);
    expect(threads).to.equal(3);
  });

  it('are the same where records are rejected, mixed, controlling, overlapping or in parts', async () => {
    const odd = Array.from({ length: 4_000 }, (_, index) =>
      trade(index, index % 3 === 0 || index % 7 === 0 ? { ts_recv: UNDEFINED_TIME } : {}),
    );
    const mapping = (second: number) => ({
      layout: 'symbol-mapping',
      values: {
        instrument_id: 5482,
        ts_event: MONDAY,
        stype_in_symbol: `ES${second}`,
        stype_out_symbol: `ES${second}`,
        start_ts: MONDAY,
        end_ts: MONDAY + DAY,
      },
    });
    const mixed = Array.from({ length: 600 }, (_, index) => [trade(index), mapping(index), unservedBar]).flat();
    const mixedHeader = newMetadata({ dataset: 'MIXED', schema: null, stypeIn: null, start: MONDAY, symbols: [] });
    const limited = tradesFile(trades(10, 50_000), { limit: 10n, start: MONDAY + DAY / 2n });
    const paths = [
      await file('odd.dbn', tradesFile(odd, { end: MONDAY + DAY / 4n })),
      await file('again.dbn', tradesFile([...odd, ...trades(5, 30_000)], { end: MONDAY + DAY / 2n })),
      await file('differs.dbn', tradesFile(trades(9), { end: MONDAY + DAY / 4n })),
      await file('mixed.dbn', encodeDbn(mixedHeader, mixed)),
      await file('limited.dbn', limited),
      await file('empty.dbn', tradesFile([], { start: MONDAY + 7n * DAY, end: MONDAY + 8n * DAY })),
      await file('job.0000.dbn', tradesFile(trades(300), { dataset: 'XNAS.ITCH' })),
      await file('job.0001.dbn', tradesFile(trades(300, 300), { dataset: 'XNAS.ITCH' })),
      await file('apart.0000.dbn', tradesFile(trades(9), { dataset: 'APART' })),
      await file('apart.0001.dbn', tradesFile(trades(9, 9), { dataset: 'APART', start: MONDAY + 9n * SECOND })),
    ];
    const { report } = await expectSame([
      { paths },
      { paths: paths.slice(0, 1), force: true },
      { paths: paths.slice(3, 4), maxRejected: 0 },
      { paths: [await file('rejects.dbn', tradesFile(odd, { dataset: 'XNAS.ITCH' }))], maxRejected: 100 },
    ]);
    expect(JSON.stringify(report)).to.contain('COVERAGE_CONFLICT').and.to.contain('TOO_MANY_REJECTED');
  });

  it('leave errors as they are: code, message, hint, context and position, and whose they are', async () => {
    const whole = tradesFile(trades(20_000));
    const packed = await zstd(tradesFile(trades(20_000), { dataset: 'XNAS.ITCH' }));
    const corrupt = Uint8Array.from(packed);
    corrupt.fill(0x5a, packed.length / 2, packed.length / 2 + 400);
    const badLength = Uint8Array.from(whole);
    badLength[whole.length - 48 * 1_000] = 1;
    const badMapping = [{ rawSymbol: 'A', intervals: [{ startDate: 20249999, endDate: 20240305, symbol: '1' }] }];
    const paths = [
      await file('cut.dbn', whole.subarray(0, whole.length - 20)),
      await file('cut.dbn.zst', packed.subarray(0, packed.length - 300)),
      await file('corrupt.dbn.zst', corrupt),
      await file('length.dbn', badLength),
      await file('none.dbn', new Uint8Array(0)),
      await file('text.dbn', Buffer.from('these are no records, whatever the name of the file says')),
      await file('mapping.dbn', tradesFile(trades(3), { mappings: badMapping })),
      await file('gap.0000.dbn', tradesFile(trades(2))),
      await file('gap.0002.dbn', tradesFile(trades(2))),
    ];
    const { report, threads } = await expectSame([{ paths }]);
    const { details } = (report as readonly RunReport[])[0] as RunReport;
    expect(details.map(({ error }) => error?.code)).to.deep.equal([
      'DECODE_TRUNCATED',
      'ZSTD_TRUNCATED',
      details[2]?.error?.code,
      'RECORD_LENGTH_INVALID',
      'EMPTY_STREAM',
      'NOT_DBN',
      'METADATA_INVALID',
      'PARTS_INCOMPLETE',
    ]);
    expect(details[2]?.error?.code).to.match(/^ZSTD_|^RECORD_|^DECODE_/);
    expect(details[0]?.error?.context).to.include({ ordinal: 19_999 });
    expect(threads).to.equal(1);
  });

  it('take plugins from their files, mappers included, and leave those given as values on the main thread', async () => {
    const plugin = JSON.stringify(new URL('../../../src/plugin.js', import.meta.url).href);
    const path = await file(
      'mapped.mjs',
      `import { defineRecord, defineSchemaPlugin, reject } from ${plugin};
      const fields = { count: { type: 'uint8' }, kind: { type: 'char' } };
      export default defineSchemaPlugin({
        name: 'mapped', version: '1.2.3', apiVersion: 1,
        schemas: [{ name: 'mapped', rtype: 0xe1, table: 'mapped' }],
        model: defineRecord({ name: 'Mapped', indexTimestamp: 'ts_event', fields }),
        mapper: { map: (record) => record.count > 250
          ? reject({ code: 'too-many', field: 'count', message: 'too many', more: () => 1 })
          : { ...record, count: record.count >> 1 } },
      });`,
    );
    const counts = Array.from({ length: 5_000 }, (_, index) => index % 256);
    const notes = await file('notes.frag', noteFragment(counts, MONDAY));
    const mapped = noteFragment(counts, MONDAY);
    for (let at = 0; at < mapped.length; at += mapped.length / counts.length) mapped[at + 1] = 0xe1;
    const ofMapped = await file('mapped.frag', mapped);
    const declared = { dataset: 'TEST.SET', dbnVersion: 3 } as const;
    const piped = tradesFile(trades(5_000));
    const { threads, report } = await expectSame(
      [
        { ...declared, schema: 'mapped', paths: [ofMapped] },
        { ...declared, schema: 'notes', paths: [notes] },
        // It can be read only once, and may be for the plugin that is a value.
        { paths: ['-'], piped },
      ],
      { plugins: [path, notePlugin()] },
    );
    expect(threads).to.equal(2);
    expect((report as readonly RunReport[]).map(({ records }) => records.loaded)).to.deep.equal([4_905, 3_955, 5_000]);
  });
});

/** One line for each, so that a difference can be read. */
function linesOf(values: readonly object[]): string {
  return values
    .map((value) => JSON.stringify(value))
    .join('\n')
    .replaceAll('{"chunk_id"', '\n$&');
}

/** How much of a damaged compressed file is read before the damage shows is a matter of buffers. */
const isDamaged = ({ source, error }: Pick<ChunkReport, 'source' | 'error'>): boolean =>
  error !== undefined && source.endsWith('.zst');

/** Drops what differs from run to run. */
function steady(report: RunReport): object {
  const { details, records, chunks, symbols, status, bytes } = report;
  const headless = { dataset: null, schema: null, start: null, end: null };
  return {
    details: details.map((each) => ({
      ...each,
      ...(isDamaged(each) ? headless : {}),
      chunk_id: each.chunk_id === null,
    })),
    records,
    chunks,
    symbols,
    status,
    ...(details.some(isDamaged) ? {} : { bytes }),
  };
}

/**
 * What was told, with counts added up: how large the pieces are that a decompressor gives is its own affair, and so is
 * how many it gives of a damaged file.
 */
function told(events: readonly ProgressEvent[]): object[] {
  const damaged = new Set<unknown>(
    events.flatMap((event) => (event.type === 'chunk_finished' && isDamaged(event.report) ? [event.chunk] : [])),
  );
  const sums = new Map<string, number>();
  const others: object[] = [];
  for (const event of events) {
    const { type } = event;
    if (type !== 'chunk_started' && 'chunk' in event && damaged.has(event.chunk)) continue;
    if (type === 'records_decoded' || type === 'rows_stored' || type === 'bytes_read') {
      for (const [name, value] of Object.entries(event)) {
        const key = `${type} ${event.chunk} ${name}`;
        if (name !== 'chunk' && typeof value === 'number') sums.set(key, (sums.get(key) ?? 0) + value);
      }
    } else if (type !== 'run_started' && type !== 'run_finished' && type !== 'chunk_finished') others.push(event);
  }
  return [...others, Object.fromEntries(sums)];
}
