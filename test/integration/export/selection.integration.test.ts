import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { DbnDecoder, decodeStream, encodeDbn, upgradeRecord, type Metadata } from '../../../src/core/dbn/index.js';
import { createTickloom, type ExportRequest, type ExportResult, type Tickloom } from '../../../src/index.js';
import { exportDatabase } from '../../support/export-database.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { rejected } from '../../support/thrown.js';
import { DAY, MONDAY, SECOND, trade, trades, tradesFile, unservedBar } from '../../support/trade-file.js';

const UNDEF = 2n ** 64n - 1n;
const NANOS_OFFSET = 123_456_789n;
const timeOf = (second: number): string => String(MONDAY + BigInt(second) * SECOND + NANOS_OFFSET);

interface Read {
  readonly metadata: Metadata | undefined;
  readonly records: readonly Buffer[];
}

async function read(bytes: Uint8Array): Promise<Read> {
  const decoder = new DbnDecoder();
  const records: Buffer[] = [];
  for await (const batch of decodeStream([bytes] as unknown as AsyncIterable<Uint8Array>, decoder)) {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offsets[index]!;
      records.push(Buffer.from(batch.bytes.subarray(offset, offset + batch.bytes[offset]! * 4)));
    }
  }
  return { metadata: decoder.metadata, records };
}

const SEQUENCE_OFFSET = 44;
const sequencesOf = ({ records }: Read): number[] => records.map((record) => record.readUInt32LE(SEQUENCE_OFFSET));

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`what is exported, on PostgreSQL ${version}`, function () {
    this.timeout(60_000);
    let folder: string;
    let url: string;
    let tickloom: Tickloom;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tickloom-export-'));
      url = await exportDatabase(version);
      tickloom = createTickloom({ database: url });
    });
    afterEach(async () => {
      await tickloom.close();
      await rm(folder, { recursive: true });
    });

    let files = 0;
    async function load(bytes: Uint8Array, request: object = {}): Promise<number> {
      const path = join(folder, `in-${++files}.dbn`);
      await writeFile(path, bytes);
      const { details, chunks } = await tickloom.ingest({ paths: [path], ...request });
      expect(chunks.failed, JSON.stringify(details)).to.equal(0);
      return details[0]?.chunk_id as number;
    }

    async function taken(request: Partial<ExportRequest>): Promise<{ bytes: Buffer; result: ExportResult }> {
      const pieces: Uint8Array[] = [];
      const write = async (bytes: Uint8Array): Promise<void> => void pieces.push(bytes);
      const named = request.chunk === undefined ? { schema: 'trades' } : {};
      const result = await tickloom.export({ ...named, format: 'dbn', ...request, output: { write } });
      const bytes = Buffer.concat(pieces);
      expect(result.bytes).to.equal(bytes.length);
      return { bytes, result };
    }

    async function sql<R extends object>(text: string): Promise<R[]> {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        return (await client.query<R>(text)).rows;
      } finally {
        await client.end();
      }
    }

    describe('a range', () => {
      it('takes its start in and leaves its end out, to the nanosecond', async () => {
        await load(tradesFile(trades(10)));
        const sequences = async (start?: string, end?: string): Promise<number[]> =>
          sequencesOf(await read((await taken({ start, end })).bytes));
        expect(await sequences(timeOf(3), timeOf(6))).to.deep.equal([3, 4, 5]);
        expect(await sequences(String(BigInt(timeOf(3)) + 1n), String(BigInt(timeOf(6)) + 1n))).to.deep.equal([
          4, 5, 6,
        ]);
        expect(await sequences('2024-03-04T00:00:07.123456789Z')).to.deep.equal([7, 8, 9]);
        expect(await sequences('2024-03-04T00:00:07.123456790Z')).to.deep.equal([8, 9]);
        expect(await sequences(undefined, '2024-03-04T00:00:02')).to.deep.equal([0, 1]);
        expect(await sequences('2024-03-04', '2024-03-05')).to.have.length(10);
        expect(await sequences('2024-03-05')).to.deep.equal([]);
      });

      it('merges chunks by index timestamp, and keeps the order that each has', async () => {
        // the second file runs backwards in the middle: 4 after 6
        const other = { symbols: ['ESM4'], mappings: [] };
        await load(tradesFile([0, 2, 5, 8].map((second) => trade(second))));
        await load(
          tradesFile(
            [1, 6, 4, 7].map((second) => trade(second, { instrument_id: 99 })),
            other,
          ),
        );
        const { bytes, result } = await taken({});
        expect(sequencesOf(await read(bytes))).to.deep.equal([0, 1, 2, 5, 6, 4, 7, 8]);
        expect(result).to.include({ records: 8, chunks: 2, dataset: 'GLBX.MDP3', schema: 'trades' });
      });

      it('puts records of one time in the order of their chunks, and keeps equal ones', async () => {
        const same = (count: number, id: number): ReturnType<typeof trade>[] =>
          Array.from({ length: count }, () => trade(5, { instrument_id: id, sequence: id }));
        await load(tradesFile(same(3, 5482)));
        await load(tradesFile(same(2, 99), { symbols: ['ESM4'], mappings: [] }));
        expect(sequencesOf(await read((await taken({})).bytes))).to.deep.equal([5482, 5482, 5482, 99, 99]);
      });

      it('keeps times and prices that fit nowhere else', async () => {
        const odd = [
          trade(1, { ts_event: UNDEF, price: -(2n ** 63n) }),
          trade(2, { ts_event: 0n, price: 2n ** 63n - 1n, size: 0xffff_ffff }),
          trade(3, { ts_event: 2n ** 64n - 2n, price: 2n ** 63n - 2n, flags: 255, depth: 255, side: '' }),
          trade(4, { price: -1n, ts_in_delta: -(2 ** 31), side: '\xff' }),
          trade(5, { price: 9_007_199_254_740_993n, action: '~' }),
          trade(6, { price: 0n }),
          trade(7, { price: 10_000_000_000_000_000n }),
          trade(8, { price: -9_007_198_999_999_999n }),
          trade(9, { price: 1n, ts_event: 4_102_444_800_000_000_001n }),
        ];
        const bytes = tradesFile(odd);
        const chunk = await load(bytes);
        const { bytes: out, result } = await taken({ chunk });
        expect(result).to.include({ records: odd.length });
        expect(out.equals(bytes)).to.equal(true);
      });

      it('has a header that says what was asked for, with the mappings', async () => {
        await load(tradesFile(trades(10)));
        const request = { symbols: ['ESH4'], start: '2024-03-04', end: '2024-03-05' };
        const { metadata } = await read((await taken(request)).bytes);
        expect(metadata).to.deep.include({
          version: 3,
          dataset: 'GLBX.MDP3',
          schema: 'trades',
          start: MONDAY,
          end: MONDAY + DAY,
          stypeIn: 'raw_symbol',
          symbols: ['ESH4'],
          tsOut: false,
          mappings: [{ rawSymbol: 'ESH4', intervals: [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }] }],
        });
        const all = await read((await taken({})).bytes);
        expect(all.metadata).to.deep.include({ symbols: [], end: null, mappings: metadata?.mappings });
      });

      it('has no end in its header where the ledger does not know it to be complete', async () => {
        await load(tradesFile(trades(10)));
        const request = { symbols: ['ESH4'], start: '2024-03-04', end: '2024-03-06' };
        expect((await read((await taken(request)).bytes)).metadata).to.include({ end: null, start: MONDAY });
      });

      it('is found there again by who loads it elsewhere', async () => {
        await load(tradesFile(trades(10)));
        const output = join(folder, 'again.dbn.zst');
        await tickloom.export({
          schema: 'trades',
          symbols: ['ESH4'],
          start: '2024-03-04',
          end: '2024-03-05',
          format: 'dbn',
          output,
        });
        const { records } = await tickloom.ingest({ paths: [output] });
        expect(records).to.include({ decoded: 10, already_loaded: 10, loaded: 0 });
      });

      it('of nothing is an answer', async () => {
        const { bytes, result } = await taken({ dataset: 'XNAS.ITCH' });
        expect(result).to.include({ records: 0, chunks: 0, dataset: 'XNAS.ITCH' });
        expect((await read(bytes)).metadata).to.include({ dataset: 'XNAS.ITCH', schema: 'trades' });
        expect((await taken({ format: 'csv' })).bytes.toString()).to.match(/^ts_recv,ts_event[^\n]*\n$/);
        expect((await taken({ format: 'jsonl', symbols: ['NOBODY'] })).bytes.toString()).to.equal('');
      });

      it('is of one dataset', async () => {
        await load(tradesFile(trades(2)));
        await load(tradesFile(trades(3), { dataset: 'IFEU.IMPACT' }));
        const error = await rejected(taken({}));
        expect(error).to.include({ code: 'USAGE' });
        expect((error as Error).message).to.contain('GLBX.MDP3, IFEU.IMPACT');
        expect((await taken({ dataset: 'IFEU.IMPACT' })).result).to.include({ records: 3 });
      });

      it('is upgraded to version 3 where versions differ, as the vendor does it', async () => {
        const originals: Buffer[] = [];
        for (const schema of ['statistics', 'definition']) {
          originals.length = 0;
          for (const dbnVersion of [1, 2, 3] as const) {
            const output = join(folder, `${schema}-${dbnVersion}.dbn`);
            const start = `2024-03-0${3 + dbnVersion}`;
            await tickloom.sample({
              schema,
              records: 200,
              instruments: 3,
              days: 1,
              seed: dbnVersion,
              start,
              output,
              version: dbnVersion,
            });
            const bytes = await readFile(output);
            await load(bytes);
            for (const record of (await read(bytes)).records) {
              originals.push(Buffer.from(upgradeRecord(record, dbnVersion, 3, false)));
            }
          }
          // made-up data are of continuous symbols, with rows under other names among them
          await sql(`update tickloom.chunks set alias = false`);
          const { bytes, result } = await taken({ schema });
          expect(result.left_out).to.include({ quarantined: 0 });
          expect(result).to.include({ dbn_version: 3, chunks: 3, records: 600 });
          expect(Buffer.concat((await read(bytes)).records).equals(Buffer.concat(originals)), schema).to.equal(true);
        }
      });

      it('stays in version 1 where all of it is, unless a symbol is too long for that', async () => {
        const v1 = { version: 1 as const, symbolCstrLen: 22 };
        await load(tradesFile(trades(2), v1));
        expect((await taken({})).result).to.include({ dbn_version: 1 });
        const long = await taken({ symbols: ['ESH4', 'A_SYMBOL_OF_MORE_THAN_21_BYTES'] });
        expect(long.result).to.include({ dbn_version: 3, records: 2 });
      });
    });

    describe('symbols', () => {
      const continuous = {
        stypeIn: 'continuous',
        symbols: ['ES.c.0'],
        mappings: [{ rawSymbol: 'ES.c.0', intervals: [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }] }],
      };

      it('are continuous also where the file that brought them covers nothing', async () => {
        await load(tradesFile(trades(4)));
        await load(tradesFile(trades(3), { ...continuous, end: null }));
        expect((await taken({})).result).to.include({ records: 4 });
        expect((await taken({ symbols: ['ES.c.0'] })).result).to.include({ records: 3 });
      });

      it('choose between the rows of continuous symbols and those of all others', async () => {
        await load(tradesFile(trades(4)));
        await load(tradesFile(trades(3), continuous));
        const all = await taken({});
        expect(all.result).to.include({ records: 4, chunks: 1 });
        expect(all.result.left_out).to.include({ alias: 3 });
        const alias = await taken({ symbols: ['ES.c.0'] });
        expect(alias.result).to.include({ records: 3 });
        expect(alias.result.left_out).to.include({ alias: 0 });
        expect((await read(alias.bytes)).metadata).to.deep.include({ stypeIn: 'continuous', symbols: ['ES.c.0'] });
        expect((await taken({ symbols: ['ESH4'] })).result).to.include({ records: 4 });
        expect((await taken({ symbols: ['ALL_SYMBOLS'] })).result).to.include({ records: 4 });
        expect(await rejected(taken({ symbols: ['ESH4', 'ES.c.0'] }))).to.include({ code: 'USAGE' });
      });

      it('are printed from the rows', async () => {
        await load(tradesFile([trade(1), trade(2, { instrument_id: 77 })]));
        const { bytes } = await taken({ format: 'csv', mapSymbols: true, prettyPx: true, prettyTs: true });
        const lines = bytes.toString().split('\n');
        expect(lines[0]).to.match(/,sequence,symbol$/);
        expect(lines[1]).to.equal(
          '2024-03-04T00:00:01.123456789Z,2024-03-04T00:00:01.123455789Z,0,1,5482,T,B,0,5100.250000000,3,0,17000,1,ESH4',
        );
        expect(lines[2]).to.match(/,INSTRUMENT_77$/);
        const jsonl = (await taken({ format: 'jsonl', mapSymbols: true })).bytes.toString().split('\n');
        expect(JSON.parse(jsonl[0]!)).to.include({ symbol: 'ESH4' });
      });

      it('cannot become SQL', async () => {
        await load(tradesFile(trades(4)));
        const symbols = [`x') or true --`, `\\'; drop table tickloom.trades; --`, '$1', '"'];
        expect((await taken({ symbols, format: 'csv' })).result).to.include({ records: 0 });
        expect((await taken({ dataset: `' or ''='`, format: 'csv' })).result).to.include({ records: 0 });
        expect((await taken({})).result).to.include({ records: 4 });
      });
    });

    describe('a chunk', () => {
      it('has its quarantined records at their places', async () => {
        const records = [
          trade(0, { ts_recv: UNDEF }),
          ...trades(3, 1),
          trade(4, { ts_recv: UNDEF }),
          trade(5, { ts_recv: UNDEF }),
        ];
        const bytes = tradesFile(records);
        const chunk = await load(bytes);
        const { bytes: out, result } = await taken({ chunk });
        expect(out.equals(bytes)).to.equal(true);
        expect(result).to.include({ records: 6, from_quarantine: 3 });
        const { bytes: text } = await taken({ chunk, format: 'csv', mapSymbols: true });
        expect(
          text
            .toString()
            .split('\n')
            .slice(1, 3)
            .map((line) => line.split(',').at(-1)),
        ).to.deep.equal(['', 'ESH4']);
        await sql(`update tickloom.quarantine set state = 'dropped' where ordinal = 4`);
        const without = await taken({ chunk });
        expect(without.result).to.include({ records: 5, from_quarantine: 2 });
        expect(without.result.left_out).to.include({ quarantined: 1 });
        expect((await taken({})).result.left_out).to.include({ quarantined: 2 });
      });

      it('loses the send times of a gateway, and its header no longer announces them', async () => {
        for (const dbnVersion of [1, 3] as const) {
          const form = dbnVersion === 1 ? { version: 1 as const, symbolCstrLen: 22 } : {};
          const records = [trade(0, { ts_recv: UNDEF }), ...trades(3, 1 + 10 * dbnVersion)];
          const symbols = { ...form, symbols: [], mappings: [] };
          const chunk = await load(tradesFile(records, { ...symbols, tsOut: true }));
          const { bytes, result } = await taken({ chunk });
          expect(bytes.equals(tradesFile(records, symbols))).to.equal(true);
          expect(result.left_out).to.include({ ts_out: 4 });
        }
        await load(tradesFile(trades(2)));
        expect((await taken({})).result.left_out).to.include({ ts_out: 6 });
      });

      it('without a header comes as the fragment that it was', async () => {
        const bytes = tradesFile(trades(3)).slice(-3 * 48);
        const path = join(folder, 'a.dbn.frag');
        await writeFile(path, bytes);
        const { details } = await tickloom.ingest({
          paths: [path],
          dataset: 'GLBX.MDP3',
          schema: 'trades',
          dbnVersion: 3,
        });
        const { bytes: out, result } = await taken({ chunk: details[0]?.chunk_id as number });
        expect(result.header).to.equal(false);
        expect(out.equals(bytes)).to.equal(true);
      });

      it('of mixed schemas gives one of them', async () => {
        const bar = {
          layout: 'ohlcv',
          values: {
            rtype: 0x21,
            instrument_id: 5482,
            ts_event: MONDAY,
            open: 1n,
            high: 1n,
            low: 1n,
            close: 1n,
            volume: 1n,
          },
        };
        const system = { layout: 'system', values: { msg: 'Heartbeat', code: 0 } };
        const metadata = { ...(await read(tradesFile([]))).metadata!, schema: null };
        const chunk = await load(encodeDbn(metadata, [trade(1), bar, system, trade(2), unservedBar]));
        expect(await rejected(taken({ chunk }))).to.include({ code: 'USAGE' });
        const { bytes, result } = await taken({ chunk, schema: 'trades' });
        expect(sequencesOf(await read(bytes))).to.deep.equal([1, 2]);
        expect(result.left_out).to.include({ other_schemas: 1, control: 1, unsupported: 1 });
      });

      it('names what other chunks have of it', async () => {
        const first = await load(tradesFile(trades(4)));
        const second = await load(tradesFile(trades(4), { end: MONDAY + 2n * DAY }));
        expect((await taken({ chunk: second })).result.left_out).to.include({ already_loaded: 4 });
        await load(tradesFile(trades(5)), { force: true });
        expect((await taken({ chunk: first })).result.left_out).to.include({ superseded: 4 });
      });

      it('is refused when there is none, when it was never loaded, and in parts', async () => {
        expect(await rejected(taken({ chunk: 4711 }))).to.include({ code: 'NOT_FOUND' });
        const chunk = await load(tradesFile(trades(4)));
        expect(await rejected(taken({ chunk, start: '2024-03-04' }))).to.include({ code: 'USAGE' });
        expect(await rejected(taken({ chunk, schema: 'tbbo' }))).to.include({ code: 'USAGE' });
        await sql(`update tickloom.chunks set status = 'failed' where chunk_id = ${chunk}`);
        expect(await rejected(taken({ chunk }))).to.include({ code: 'NOT_FOUND' });
        expect((await taken({})).result).to.include({ records: 0 });
      });
    });

    describe('an export', () => {
      it('is refused at once for what it cannot be', async () => {
        const nowhere = createTickloom({ database: 'postgresql://nobody@127.0.0.1:1/none' });
        const ask = (request: Partial<ExportRequest>): Promise<unknown> =>
          rejected(nowhere.export({ format: 'dbn', output: join(folder, 'x'), ...request }));
        expect(await ask({ schema: 'nosuch' })).to.include({ code: 'SCHEMA_UNKNOWN' });
        expect(await ask({})).to.include({ code: 'USAGE' });
        for (const start of [
          'yesterday',
          '2024-02-30',
          '20240304',
          '2024-03-04T25:00',
          '2024-03-04T00:00+02:00',
          '-1',
        ]) {
          expect(await ask({ schema: 'trades', start }), start).to.include({ code: 'USAGE' });
        }
        expect(await ask({ schema: 'trades', start: '2024-03-05', end: '2024-03-05' })).to.include({ code: 'USAGE' });
        await nowhere.close();
      });

      it('replaces a file when it is whole, and leaves nothing when it cannot be', async () => {
        await load(tradesFile(trades(4)));
        const output = join(folder, 'out/x.csv');
        for (const symbols of [['ESH4'], ['NOBODY']]) {
          await tickloom.export({ schema: 'trades', symbols, format: 'csv', output });
        }
        expect((await readFile(output, 'utf8')).split('\n')).to.have.length(2);
        await sql(`update tickloom.trades set flags = 300`);
        const error = await rejected(tickloom.export({ schema: 'trades', format: 'csv', output }));
        expect(error).to.include({ code: 'ENCODE_FAILED' });
        expect((error as Error).message).to.contain('"flags"');
        await sql(`update tickloom.trades set flags = 0, price = 'NaN'`);
        expect(await rejected(tickloom.export({ schema: 'trades', format: 'csv', output }))).to.include({
          code: 'ENCODE_FAILED',
        });
        expect(await readdir(join(folder, 'out'))).to.deep.equal(['x.csv']);
        await sql(`update tickloom.trades set price = 1`);
        expect(await rejected(tickloom.export({ schema: 'trades', format: 'csv', output: folder }))).to.include({
          code: 'OUTPUT_UNWRITABLE',
        });
      });

      it('stops when interrupted, when its reader stops, and when the server goes', async () => {
        const path = join(folder, 'many.dbn');
        await tickloom.sample({ schema: 'trades', records: 60_000, instruments: 1, days: 1, seed: 1, output: path });
        const chunk = await load(await readFile(path));
        const controller = new AbortController();
        const output = { write: async () => controller.abort() };
        expect(
          await rejected(tickloom.export({ chunk, format: 'dbn', output }, { signal: controller.signal })),
        ).to.include({
          code: 'CANCELLED',
        });
        const full = new Error('enough');
        const stop = { write: async () => Promise.reject(full) };
        const stopped = tickloom.export({ chunk, format: 'dbn', output: stop });
        expect(await stopped.catch((error: unknown) => error)).to.equal(full);
        let pieces = 0;
        const kill = {
          write: async () => {
            if (++pieces > 1) return;
            await sql(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'copy %'`);
          },
        };
        const lost = await rejected(tickloom.export({ chunk, format: 'jsonl', output: kill }));
        expect(lost).to.include({ code: 'DATABASE_LOST' });
        expect((await taken({ chunk })).result).to.include({ records: 60_000 });
      });
    });
  });
}
