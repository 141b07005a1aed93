import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { createTickloom, type RunReport, type Tickloom } from '../../src/index.js';
import { createDatabase } from '../support/postgres-server.js';
import { DAY, MONDAY, SECOND, trade, trades, tradesFile } from '../support/trade-file.js';

describe('a file that was split', function () {
  this.timeout(60_000);
  let folder: string;
  let tickloom: Tickloom;
  let client: pg.Client;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-split-'));
    const { url } = await createDatabase();
    tickloom = createTickloom({ database: url });
    client = new pg.Client({ connectionString: url });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await tickloom.close();
    await rm(folder, { recursive: true });
  });

  const file = async (name: string, bytes: Uint8Array | string): Promise<string> => {
    await writeFile(join(folder, name), bytes);
    return join(folder, name);
  };
  /** Three parts; a pair of equal fills stands on both sides of the first cut. */
  const equal = trade(7);
  const records = [...trades(3), equal, equal, ...trades(3, 10), ...trades(2, 20)];
  const parts = [records.slice(0, 4), records.slice(4, 8), records.slice(8)];
  const putPart = (number: number): Promise<string> =>
    file(`es.trades.000${number}.dbn`, tradesFile(parts[number] ?? []));
  const manifest = (): Promise<string> =>
    file('manifest.json', JSON.stringify({ files: [0, 1, 2].map((n) => ({ filename: `es.trades.000${n}.dbn` })) }));
  const ingest = (...paths: string[]): Promise<RunReport> =>
    tickloom.ingest({ paths: paths.length ? paths : [folder] });
  const covered = async (): Promise<bigint[]> => {
    const { rows } = await client.query<{ end: string }>(
      `select upper(intervals) as end from tickloom.coverage where symbol = 'ESH4'`,
    );
    return rows.map(({ end }) => BigInt(end));
  };

  it('is there once when what a part of it covers is known only later, and its times ran backwards', async () => {
    await file('es.trades.0000.dbn', tradesFile([...trades(3, 10), ...trades(3)]));
    expect((await ingest()).records).to.include({ decoded: 6, loaded: 6 });
    await file('manifest.json', JSON.stringify({ files: [{ filename: 'es.trades.0000.dbn' }] }));
    const again = await ingest();
    expect(again.chunks).to.include({ already_loaded: 1 });
    expect(again.records).to.include({ decoded: 6, already_loaded: 6, loaded: 0 });
    const { rows } = await client.query('select count(*)::int as n from tickloom.trades');
    expect(rows).to.deep.equal([{ n: 6 }]);
  });

  it('is one chunk, and known again, also when it comes whole', async () => {
    for (const number of [0, 1, 2]) await putPart(number);
    await manifest();
    const first = await ingest();
    expect(first.chunks).to.deep.equal({ planned: 1, loaded: 1, already_loaded: 0, failed: 0 });
    expect(first.details[0]?.source).to.equal(`${join(folder, 'es.trades.0000.dbn')} … es.trades.0002.dbn (3 parts)`);
    expect(first.records).to.include({ decoded: 10, loaded: 10 });
    const { rows } = await client.query(
      'select count(distinct ordinal)::int as n, count(distinct chunk_id)::int as c from tickloom.trades',
    );
    expect(rows).to.deep.equal([{ n: 10, c: 1 }]);
    expect(await covered()).to.deep.equal([MONDAY + DAY]);
    const [run] = await tickloom.runs.list();
    expect((await tickloom.runs.show(run?.run_id ?? '')).details[0]?.source).to.match(/\(3 parts\)$/);
    expect((await ingest()).chunks.already_loaded).to.equal(1);
    const whole = await ingest(await file('whole.dbn', tradesFile(records)));
    expect(whole.records).to.include({ loaded: 0, already_loaded: 10 });
    const export1 = await tickloom.export({
      chunk: first.details[0]?.chunk_id ?? 0,
      format: 'dbn',
      output: join(folder, 'out.bin'),
    });
    expect(export1.records).to.equal(10);
  });

  it('covers what is there and no more, and goes on when further parts come', async () => {
    await putPart(0);
    expect((await ingest()).records.loaded).to.equal(4);
    const cut = MONDAY + 7n * SECOND + 123_456_789n;
    expect(await covered()).to.deep.equal([cut]);
    await putPart(1);
    expect((await ingest()).records).to.include({ decoded: 8, loaded: 4, already_loaded: 4 });
    await putPart(2);
    expect((await ingest()).records).to.include({ decoded: 10, loaded: 2, already_loaded: 8 });
    await manifest();
    await ingest();
    expect((await ingest(await file('whole.dbn', tradesFile(records)))).records.already_loaded).to.equal(10);
    const { rows } = await client.query('select count(*)::int as n from tickloom.trades');
    expect(rows).to.deep.equal([{ n: 10 }]);
  });

  for (const [how, complete] of [
    ['its manifest comes', manifest],
    ['it comes whole', () => file('whole.dbn', tradesFile(records))],
  ] as const) {
    it(`covers up to its last time until ${how}, though no record is new`, async () => {
      for (const number of [0, 1, 2]) await putPart(number);
      expect((await ingest()).records.loaded).to.equal(10);
      expect(await covered()).to.deep.equal([MONDAY + 21n * SECOND + 123_456_789n]);
      await complete();
      for (const again of [1, 2]) {
        const report = await ingest();
        expect(report.records, `run ${again}`).to.include({ loaded: 0, quarantined: 0 });
        expect(report.status).to.equal('complete');
        expect(await covered()).to.deep.equal([MONDAY + DAY]);
      }
      const { rows } = await client.query('select count(*)::int as n from tickloom.trades');
      expect(rows).to.deep.equal([{ n: 10 }]);
      expect((await tickloom.verify({ deep: true })).status).to.equal('ok');
    });
  }

  it('is one chunk also where each part says that it starts at its first record', async () => {
    const at = (n: number): bigint => MONDAY + BigInt(n) * SECOND + 123_456_789n;
    await file('es.trades.0000.dbn', tradesFile(trades(3), { start: at(0) }));
    await file('es.trades.0001.dbn', tradesFile(trades(3, 3), { start: at(3) }));
    await file('es.trades.0002.dbn', tradesFile(trades(2, 6), { start: at(6) }));
    await manifest();
    expect((await ingest()).records).to.include({ decoded: 8, loaded: 8 });
    expect((await ingest()).chunks).to.include({ planned: 1, already_loaded: 1 });
    expect(await covered()).to.deep.equal([MONDAY + DAY]);
    expect((await tickloom.verify({ deep: true })).status).to.equal('ok');
    const whole = await ingest(await file('whole.dbn', tradesFile(trades(8))));
    expect(whole.records).to.include({ decoded: 8, already_loaded: 8 });
  });

  describe('is held to what its manifest says', () => {
    const bytes = parts.map((part) => tradesFile(part));
    const listed = (changes: Record<string, unknown> = {}): Promise<string> => {
      const files = bytes.map((part, number) => ({
        filename: `es.trades.000${number}.dbn`,
        size: part.length,
        hash: `sha256:${createHash('sha256').update(part).digest('hex')}`,
        urls: {},
        ...(number === 1 ? changes : {}),
      }));
      return file('manifest.json', JSON.stringify({ job_id: 'GLBX-20240304-AAAA', files }));
    };
    beforeEach(async () => {
      for (const number of [0, 1, 2]) await putPart(number);
    });
    const expectRefused = async (why: RegExp, name = 'es.trades.0001.dbn'): Promise<void> => {
      const report = await ingest();
      expect(report.chunks).to.include({ failed: 1, loaded: 0 });
      const { error } = report.details[0] ?? {};
      expect(error?.code).to.equal('DOWNLOAD_CORRUPT');
      expect(error?.message).to.match(why);
      expect(error?.message).to.include(`${name}" is not the file that the manifest.json of its folder lists`);
      const { rows } = await client.query('select from tickloom.trades union all select from tickloom.coverage');
      expect(rows).to.deep.equal([]);
    };

    it('and is loaded when it is that', async () => {
      await listed();
      expect((await ingest()).records).to.include({ decoded: 10, loaded: 10 });
    });

    it('by the size of a part', async () => {
      await listed();
      await file('es.trades.0001.dbn', tradesFile((parts[1] ?? []).slice(1)));
      await expectRefused(/it has \d+ bytes, where \d+ are listed$/);
    });

    it('by the SHA-256 of a part', async () => {
      await listed({ hash: `sha256:${'0'.repeat(64)}` });
      await expectRefused(/its SHA-256 is [0-9a-f]{64}, where 0{64} is listed$/);
    });

    it('also where it is a file of its own', async () => {
      await rm(join(folder, 'es.trades.0000.dbn'));
      await rm(join(folder, 'es.trades.0002.dbn'));
      const other = tradesFile(trades(2), { end: MONDAY + DAY / 2n });
      await file('day.dbn', other);
      await rm(join(folder, 'es.trades.0001.dbn'));
      await file('manifest.json', JSON.stringify({ files: [{ filename: 'day.dbn', size: other.length + 1 }] }));
      await expectRefused(/it has \d+ bytes, where \d+ are listed$/, 'day.dbn');
    });
  });

  it('loads nothing of an incomplete one, and the other files', async () => {
    await putPart(0);
    await putPart(2);
    const alone = await ingest();
    expect(alone).to.deep.include({
      status: 'failed',
      chunks: { planned: 1, loaded: 0, already_loaded: 0, failed: 1 },
    });
    const { error } = alone.details[0] ?? {};
    expect(error?.code).to.equal('PARTS_INCOMPLETE');
    expect(error?.message).to.match(/part "es.trades.0001.dbn" is missing$/);
    await file('other.dbn', tradesFile(trades(2), { start: MONDAY + DAY, end: MONDAY + 2n * DAY }));
    const report = await ingest();
    expect(report.chunks).to.include({ planned: 2, failed: 1, loaded: 1 });
    expect(report.details.map((chunk) => chunk.error?.code)).to.deep.equal(['PARTS_INCOMPLETE', undefined]);
    // One part can still be looked at.
    let text = '';
    for await (const block of tickloom.decode({ path: join(folder, 'es.trades.0002.dbn'), format: 'csv' }))
      text += block;
    expect(text.trim().split('\n')).to.have.length(3);
  });
});
