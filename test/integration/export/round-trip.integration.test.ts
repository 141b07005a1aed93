import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { decompress } from '../../../src/adapters/zstd/index.js';
import { DbnDecoder, decodeStream, inferVersions, type DbnVersion } from '../../../src/core/dbn/index.js';
import { SAMPLE_SCHEMAS } from '../../../src/core/sample/index.js';
import { createTickloom, type ExportRequest, type ExportResult, type Tickloom } from '../../../src/index.js';
import { SCHEMA_NAMES } from '../../../src/core/dbn/schemas.js';
import { exportDatabase } from '../../support/export-database.js';
import { TEST_POSTGRES_VERSIONS } from '../../support/postgres-server.js';
import { gathered } from '../../support/pieces.js';
import { plausibleFile } from '../../support/plausible-file.js';
import { expectedFiles, needRealData, realPath } from '../../support/real-data.js';

interface Stream {
  readonly header: Uint8Array | undefined;
  /** With the reserved bytes zeroed. */
  readonly records: Buffer;
  readonly count: number;
}

/** What does not become a column does not come back: reserved bytes, and text behind the first NUL. */
async function streamOf(path: string, fragment?: DbnVersion): Promise<Stream> {
  const bytes = await gathered(decompress(createReadStream(path)));
  const decoder = new DbnDecoder(fragment === undefined ? {} : { fragment: { version: fragment } });
  const records: Buffer[] = [];
  for await (const batch of decodeStream([bytes] as unknown as AsyncIterable<Uint8Array>, decoder)) {
    for (let index = 0; index < batch.count; index++) {
      const offset = batch.offsets[index]!;
      const record = Buffer.from(batch.bytes.subarray(offset, offset + batch.bytes[offset]! * 4));
      for (const field of batch.layout!.fields) {
        const own = record.subarray(field.offset, field.offset + field.size);
        if (field.type === 'bytes') own.fill(0);
        if (field.type === 'cstr' && own.includes(0)) own.fill(0, own.indexOf(0));
      }
      records.push(record);
    }
  }
  return { header: decoder.headerBytes, records: Buffer.concat(records), count: records.length };
}

for (const version of TEST_POSTGRES_VERSIONS) {
  describe(`export on PostgreSQL ${version}`, function () {
    this.timeout(120_000);
    let folder: string;
    let tickloom: Tickloom;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tickloom-export-'));
      tickloom = createTickloom({ database: await exportDatabase(version) });
    });
    afterEach(async () => {
      await tickloom.close();
      await rm(folder, { recursive: true });
    });

    const load = async (
      path: string,
      request: Partial<Parameters<Tickloom['ingest']>[0]> = {},
    ): Promise<{ chunk: number; loaded: number }> => {
      const report = await tickloom.ingest({ paths: [path], ...request });
      expect(report.status).to.equal('complete');
      return { chunk: report.details[0]?.chunk_id as number, loaded: report.records.loaded };
    };

    async function textOf(request: Omit<ExportRequest, 'output'>): Promise<{ text: string; result: ExportResult }> {
      const pieces: Uint8Array[] = [];
      const write = async (bytes: Uint8Array): Promise<void> => void pieces.push(bytes);
      const result = await tickloom.export({ ...request, output: { write } });
      return { text: Buffer.concat(pieces).toString(), result };
    }

    async function decoded(path: string, format: 'csv' | 'jsonl', fragment?: object): Promise<string> {
      let text = '';
      for await (const block of tickloom.decode({ path, format, prettyPx: true, ...fragment })) text += block;
      return text;
    }

    async function expectTheSame(path: string, chunk: number, loaded: number, fragment?: DbnVersion): Promise<void> {
      const output = join(folder, 'out.dbn');
      const result = await tickloom.export({ chunk, format: 'dbn', output });
      expect(result.records).to.equal(loaded);
      expect(result.bytes).to.equal((await readFile(output)).length);
      const [before, after] = [await streamOf(path, fragment), await streamOf(output, fragment)];
      expect(after.count).to.equal(loaded);
      expect(after.records.equals(before.records), 'records').to.equal(true);
      expect(Buffer.from(after.header ?? []).equals(Buffer.from(before.header ?? [])), 'header').to.equal(true);
    }

    describe('of real files', () => {
      before(function () {
        needRealData(this);
      });

      for (const [name, file] of Object.entries(expectedFiles)) {
        if (file.error !== undefined) continue;
        const schema = file.metadata?.schema ?? Object.keys(file.kinds)[0] ?? '';

        it(`gives ${name} back, record by record, and as the same text`, async () => {
          const path = realPath(name);
          const inferred =
            file.metadata === null ? inferVersions(await gathered(decompress(createReadStream(path))))[0] : undefined;
          const fragment = inferred === undefined ? {} : { dataset: 'XNAS.ITCH', schema, dbnVersion: inferred };
          const { chunk, loaded } = await load(path, fragment);
          expect(loaded).to.equal(file.records);
          await expectTheSame(path, chunk, loaded, inferred);
          for (const format of ['csv', 'jsonl'] as const) {
            const { text } = await textOf({ chunk, format, prettyPx: true });
            expect(text === (await decoded(path, format, fragment)), format).to.equal(true);
          }
        });
      }
    });

    for (const schema of SAMPLE_SCHEMAS) {
      for (const dbnVersion of [1, 2, 3] as const) {
        it(`gives made-up ${schema} of DBN version ${dbnVersion} back`, async () => {
          const path = join(folder, 'in.dbn.zst');
          await tickloom.sample({
            schema,
            records: 600,
            instruments: 4,
            days: 2,
            seed: 5,
            output: path,
            version: dbnVersion,
          });
          const { chunk, loaded } = await load(path);
          await expectTheSame(path, chunk, loaded);
          const { text } = await textOf({ chunk, format: 'csv', prettyPx: true });
          expect(text === (await decoded(path, 'csv'))).to.equal(true);
        });
      }
    }

    const ownSamples: readonly string[] = SAMPLE_SCHEMAS;
    for (const schema of SCHEMA_NAMES.filter((name) => !ownSamples.includes(name))) {
      it(`gives plausible ${schema} back, of every DBN version`, async () => {
        for (const dbnVersion of [1, 2, 3] as const) {
          const path = join(folder, 'in.dbn');
          await writeFile(path, plausibleFile(schema, dbnVersion, 300));
          // each covers what the one before did
          const { chunk, loaded } = await load(path, { force: true });
          expect(loaded).to.equal(300);
          await expectTheSame(path, chunk, loaded);
          for (const format of ['csv', 'jsonl'] as const) {
            const { text } = await textOf({ chunk, format, prettyPx: true });
            expect(text === (await decoded(path, format)), format).to.equal(true);
          }
        }
      });
    }
  });
}
