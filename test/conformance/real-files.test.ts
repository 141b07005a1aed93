import { createHash, type Hash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { decompress } from '../../src/adapters/zstd/index.js';
import {
  DbnDecoder,
  decodeStream,
  encodeMetadata,
  encodeRecord,
  inferVersions,
  layoutOf,
  LineWriter,
  readRecord,
  schemaOfRtype,
  upgradeRecord,
  type DbnVersion,
  type Metadata,
  type RecordBatch,
} from '../../src/core/dbn/index.js';
import { gathered, piecesOf } from '../support/pieces.js';
import {
  expectedFiles,
  needRealData,
  realPath,
  type ExpectedFile,
  type ExpectedKind,
  type ExpectedMetadata,
  type ExpectedSymbols,
} from '../support/real-data.js';
import { rejected } from '../support/thrown.js';

const DAY_NS = 86_400_000_000_000n;

/** Everything that one pass over a file shows. */
class Reading {
  metadata: Metadata | undefined;
  headerBytes: Uint8Array | undefined;
  records = 0;
  readonly recordBytes = createHash('sha256');
  readonly kinds = new Map<string, { count: number; columns: Map<string, Hash>; all: Record<string, string>[] }>();
  readonly symbols: Record<string, Record<string, number>> = {};

  add(batch: RecordBatch, metadata: Metadata | undefined): void {
    const { layout } = batch;
    if (layout === undefined) throw new Error(`unknown rtype ${batch.rtype}`);
    const kindName = schemaOfRtype(batch.rtype) ?? layout.name;
    const kind = this.kinds.get(kindName) ?? { count: 0, columns: new Map<string, Hash>(), all: [] };
    this.kinds.set(kindName, kind);
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offsets[index]!;
      expect(batch.firstOrdinal + batch.ordinals[index]!).to.equal(this.records);
      this.records++;
      kind.count++;
      this.recordBytes.update(recordBytes(batch, index));
      const values = readRecord(layout, batch.view, offset);
      const texts: Record<string, string> = {};
      for (const name of layout.textOrder) {
        texts[name] = String(values[name]);
        let column = kind.columns.get(name);
        if (column === undefined) kind.columns.set(name, (column = createHash('sha256')));
        column.update(`${texts[name]}\n`);
      }
      kind.all.push(texts);
      const id = texts['instrument_id']!;
      const symbol = symbolOf(metadata, id, BigInt(texts[layout.indexTimestamp]!));
      const ofInstrument = (this.symbols[id] ??= {});
      ofInstrument[symbol] = (ofInstrument[symbol] ?? 0) + 1;
    }
  }
}

function recordBytes(batch: RecordBatch, index: number): Uint8Array {
  const offset = batch.offsets[index]!;
  return batch.bytes.subarray(offset, offset + batch.bytes[offset]! * 4);
}

/** The metadata's mapping on the UTC date of the index timestamp; deliberately the plainest possible look-up. */
function symbolOf(metadata: Metadata | undefined, instrumentId: string, time: bigint): string {
  const date = Number(new Date(Number(time / DAY_NS) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', ''));
  for (const { rawSymbol, intervals } of metadata?.mappings ?? []) {
    for (const { startDate, endDate, symbol } of intervals) {
      if (symbol === instrumentId && startDate <= date && date < endDate) return rawSymbol;
    }
  }
  return '';
}

async function bytesOf(name: string): Promise<Buffer> {
  return gathered(decompress(createReadStream(realPath(name))));
}

const isFragment = (file: ExpectedFile): boolean => file.metadata === null;

function decoderFor(file: ExpectedFile, bytes: Uint8Array): DbnDecoder {
  return new DbnDecoder(isFragment(file) ? { fragment: { version: inferVersions(bytes)[0]! } } : {});
}

async function read(file: ExpectedFile, bytes: Buffer, pieceSize = bytes.length): Promise<Reading> {
  const decoder = decoderFor(file, bytes);
  const reading = new Reading();
  for await (const batch of decodeStream(piecesOf(bytes, pieceSize), decoder)) reading.add(batch, decoder.metadata);
  reading.metadata = decoder.metadata;
  reading.headerBytes = decoder.headerBytes;
  return reading;
}

const isoDate = (date: number): string => String(date).replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');

function expectMetadata(found: Metadata, expected: ExpectedMetadata): void {
  const mappings = createHash('sha256');
  let intervals = 0;
  for (const mapping of found.mappings) {
    for (const { startDate, endDate, symbol } of mapping.intervals) {
      intervals++;
      mappings.update(`${mapping.rawSymbol}|${isoDate(startDate)}|${isoDate(endDate)}|${symbol}\n`);
    }
  }
  expect({
    version: found.version,
    dataset: found.dataset,
    schema: found.schema,
    start: String(found.start),
    end: found.end === null ? null : String(found.end),
    limit: found.limit === null ? null : Number(found.limit),
    stype_in: found.stypeIn,
    stype_out: found.stypeOut,
    ts_out: found.tsOut,
    symbol_cstr_len: found.symbolCstrLen,
    symbols: symbolList(found.symbols, expected.symbols),
    partial: symbolList(found.partial, expected.partial),
    not_found: symbolList(found.notFound, expected.not_found),
    mapping_count: found.mappings.length,
    mapping_interval_count: intervals,
    mappings_sha256: mappings.digest('hex'),
  }).to.deep.include(withoutExtras(expected));
}

/** What was found in the form of what is expected. */
function symbolList(found: readonly string[], expected: ExpectedSymbols): ExpectedSymbols {
  return 'count' in expected ? { count: found.length, first: found.slice(0, expected.first.length) } : found;
}

/** The keys of the expectation that are compared; it has a sample of the mappings besides. */
function withoutExtras(expected: ExpectedMetadata & { first_mappings?: unknown }): Omit<ExpectedMetadata, never> {
  const { first_mappings: _sample, ...rest } = expected;
  return rest;
}

function expectKind(name: string, reading: Reading, expected: ExpectedKind): void {
  const kind = reading.kinds.get(name);
  expect(kind?.count, `${name} records`).to.equal(expected.records);
  expect(kind?.all.slice(0, expected.first_records.length)).to.deep.equal(expected.first_records);
  expect(kind?.all.at(-1)).to.deep.equal(expected.last_record);
  const digests = Object.fromEntries([...kind!.columns].map(([column, hash]) => [column, hash.digest('hex')]));
  expect(digests).to.deep.equal(expected.columns);
}

/** Each record field by field, reserved bytes included. */
function reencoded(batch: RecordBatch): Uint8Array[] {
  const layout = batch.layout!;
  return Array.from(batch.offsets.subarray(0, batch.count), (offset) =>
    encodeRecord(layout, readRecord(layout, batch.view, offset)),
  );
}

describe('real DBN files', () => {
  before(function () {
    needRealData(this);
  });

  // without the files there is still one test, so that the suite is seen to be skipped
  it('are there', () => {
    expect(Object.keys(expectedFiles)).to.have.length.greaterThan(0);
  });

  for (const [name, file] of Object.entries(expectedFiles)) {
    if (file.error !== undefined) {
      it(`refuses ${name} as legacy DBZ`, async () => {
        expect((await rejected(bytesOf(name))).code).to.equal('DBN_LEGACY');
      });
      continue;
    }

    it(`reads ${name} as another decoder does`, async () => {
      const reading = await read(file, await bytesOf(name));
      if (file.metadata !== null) expectMetadata(reading.metadata!, file.metadata);
      expect(reading.records).to.equal(file.records);
      expect(reading.recordBytes.digest('hex')).to.equal(file.record_bytes_sha256);
      expect([...reading.kinds.keys()].sort()).to.deep.equal(Object.keys(file.kinds).sort());
      for (const [kind, expected] of Object.entries(file.kinds)) expectKind(kind, reading, expected);
      expect(reading.symbols).to.deep.equal(file.records_by_instrument_and_symbol);
    });

    it(`writes ${name} again byte for byte from what it has read`, async () => {
      const bytes = await bytesOf(name);
      const decoder = decoderFor(file, bytes);
      const records: Uint8Array[] = [];
      for await (const batch of decodeStream(piecesOf(bytes), decoder)) records.push(...reencoded(batch));
      const header = decoder.metadata === undefined ? [] : [encodeMetadata(decoder.metadata)];
      expect(Buffer.concat([...header, ...records]).equals(bytes)).to.equal(true);
    });

    it(`reads ${name} the same in pieces of 1 byte, 7 bytes and 64 KiB`, async function () {
      const bytes = await bytesOf(name);
      for (const size of [1, 7, 65_536]) {
        const reading = await read(file, bytes, size);
        expect(reading.records).to.equal(file.records);
        expect(reading.recordBytes.digest('hex')).to.equal(file.record_bytes_sha256);
        expect(reading.headerBytes ?? new Uint8Array()).to.deep.equal(
          new Uint8Array(bytes.subarray(0, reading.headerBytes?.length ?? 0)),
        );
      }
    });

    it(`prints ${name} as csv and json that hold its values`, async () => {
      const bytes = await bytesOf(name);
      for await (const batch of decodeStream(piecesOf(bytes), decoderFor(file, bytes))) expectText(batch);
    });
  }

  it('upgrades the definitions and statistics of old versions to the bytes of the new ones', async () => {
    for (const stem of ['dbn-repo__XNAS.ITCH__definition', 'dbn-repo__GLBX.MDP3__statistics']) {
      const versions = await Promise.all(
        ([1, 2, 3] as const).map((version) => recordsOf(`${stem}__v${version}.dbn.zst`)),
      );
      for (const [from, to] of [
        [1, 2],
        [1, 3],
        [2, 3],
      ] as const) {
        const upgraded = versions[from - 1]!.map((record) => upgradeRecord(record, from, to, false));
        expect(upgraded, `${stem} from ${from} to ${to}`).to.deep.equal(versions[to - 1]);
      }
    }
  });

  it('infers the version of fragments from the sizes of their records', async () => {
    for (const [name, file] of Object.entries(expectedFiles)) {
      if (file.error !== undefined || !isFragment(file)) continue;
      const expected = Number(/__v(\d)/.exec(name)?.[1]) as DbnVersion;
      expect(inferVersions(await bytesOf(name)), name).to.deep.equal([expected]);
    }
  });

  it('are not changed by the tests', () => {
    for (const [name, { bytes, sha256 }] of Object.entries(expectedFiles)) {
      const content = readFileSync(realPath(name));
      expect(content.length, name).to.equal(bytes);
      expect(createHash('sha256').update(content).digest('hex'), name).to.equal(sha256);
    }
  });
});

async function recordsOf(name: string): Promise<Uint8Array[]> {
  const records: Uint8Array[] = [];
  for await (const batch of decodeStream(decompress(createReadStream(realPath(name))), new DbnDecoder())) {
    for (let index = 0; index < batch.count; index++) records.push(Uint8Array.from(recordBytes(batch, index)));
  }
  return records;
}

/** Csv columns and json members hold what the slow reader reads. */
function expectText(batch: RecordBatch): void {
  const layout = layoutOf(batch.rtype, batch.version)!;
  const csv = new LineWriter(layout, 'csv').text(batch).trimEnd().split('\n');
  const json = new LineWriter(layout, 'jsonl').text(batch).trimEnd().split('\n');
  expect(csv).to.have.length(batch.count);
  for (let index = 0; index < batch.count; index++) {
    const values = readRecord(layout, batch.view, batch.offsets[index]!);
    const expected = layout.textOrder.map((name) => String(values[name]));
    expect(csv[index]).to.equal(expected.join(','));
    expect(leaves(JSON.parse(json[index]!) as Json)).to.deep.equal(expected);
  }
}

type Json = null | string | number | readonly Json[] | { readonly [key: string]: Json };

/** The values of a json object in order, nested ones in their place, as text; null as the empty text. */
function leaves(value: Json): string[] {
  if (value === null) return [''];
  return typeof value === 'object' ? Object.values(value).flatMap(leaves) : [String(value)];
}
