import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { DbnDecoder } from '../../../../src/core/dbn/index.js';
import { RangeChunk } from '../../../../src/core/historical/range-chunk.js';
import { parseUsd, shareOf } from '../../../../src/core/historical/usd.js';
import { sampled, startGateway, type Fault, type Gateway } from '../../../../src/testing/gateway/index.js';
import { FetchHarness, requestOf } from '../../../support/fetching.js';
import { rejected } from '../../../support/thrown.js';

const RANGE = 'timeseries.get_range';
const DAY = requestOf({ start: '2024-01-09', end: '2024-01-10' });

describe('fetching a range into the archive', () => {
  let gateway: Gateway;
  let harness: FetchHarness;
  /** The content of {@link DAY}. */
  let expected: Buffer;

  before(async () => {
    const market = sampled({ start: '2024-01-08', end: '2024-01-22', recordsPerDay: 6_000 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': market }, zstd: 'raw', frameBytes: 64 * 1024 });
    const calm = await FetchHarness.open(gateway.url);
    expected = await calm.content(await calm.fetch(DAY));
    await calm.close();
  });
  after(() => gateway.close());
  beforeEach(async () => {
    harness = await FetchHarness.open(gateway.url);
  });
  afterEach(async () => {
    gateway.setFaults();
    await harness.close();
  });

  /** The faults of the answers in turn; then none. */
  const inTurn = (...faults: (Fault | undefined)[]): void => {
    gateway.setFaults(({ endpoint }) => (endpoint === RANGE ? faults.shift() : undefined));
  };
  const bought = async <T>(work: () => Promise<T>): Promise<{ result: T; bytes: number; answers: number }> => {
    const before = gateway.bill;
    const result = await work();
    const { bytes, requests } = gateway.bill;
    return { result, bytes: bytes - before.bytes, answers: (requests[RANGE] ?? 0) - (before.requests[RANGE] ?? 0) };
  };
  const unfinished = async (): Promise<string[]> => {
    const names = await readdir(harness.archive.location, { recursive: true });
    return names.filter((name) => name.includes('.unfinished'));
  };

  it('keeps an answer that came whole as it came, and buys it once', async () => {
    const first = await bought(() => harness.fetch(DAY));
    const entry = first.result;
    expect(first.answers).to.equal(1);
    expect(entry.segments).to.have.lengthOf(1);
    expect(entry.segments[0]).to.include({ file: '0001.dbn.zst', skip: 0, records: entry.records });
    expect(harness.bytes).to.equal(entry.segments[0]?.bytes);
    expect(entry.contentBytes).to.equal(expected.length);
    const again = await bought(() => harness.fetch(DAY));
    expect(again).to.deep.include({ bytes: 0, answers: 0, result: entry });
    expect(await harness.archive.list()).to.deep.equal([entry]);
    expect(await unfinished()).to.deep.equal([]);
  });

  it('counts what it cost by what was received, and gives back what it had reserved', async () => {
    const costUsd = await harness.client.cost(DAY);
    const entry = await harness.fetch(DAY);
    expect(harness.purse).to.deep.include({ reserved: 0n, reservations: [costUsd], spent: entry.costUsd });
    expect(entry.costUsd).to.equal(costUsd);
  });

  it('prices by the list where the estimate has no bytes', async () => {
    const entry = await harness.fetch(DAY, { estimate: { costUsd: 0n, sizeBytes: 0, records: null } });
    const bytes = await harness.client.billableSize(DAY);
    expect(entry.costUsd).to.equal(shareOf(parseUsd('28'), BigInt(bytes), 2n ** 30n));
  });

  it('sends nothing when the cap would be passed', async () => {
    const poor = await FetchHarness.open(gateway.url, { cap: 1n });
    const { result, answers } = await bought(() => rejected(poor.fetch(DAY)));
    await poor.close();
    expect(result.code).to.equal('COST_CAP');
    expect(answers).to.equal(0);
  });

  it('reserves what the rest costs before it continues, and keeps what it has when that is too much', async () => {
    const costUsd = await harness.client.cost(DAY);
    const poor = await FetchHarness.open(gateway.url, { cap: costUsd });
    inTurn({ kind: 'cut', fraction: 0.5 });
    const entry = await poor.fetch(DAY).catch(() => null);
    // The records at the time of the cut come twice, and that is more than was allowed.
    expect(entry).to.equal(null);
    expect(poor.purse.reservations).to.deep.equal([costUsd]);
    const { bytes } = await bought(async () => {
      const rich = await FetchHarness.open(gateway.url);
      await rich.fetch(DAY);
      await rich.close();
    });
    expect(bytes).to.be.above(0);
    await poor.close();
  });

  it('continues a cut answer from its last record, and joins the two without a seam', async () => {
    inTurn({ kind: 'cut', fraction: 0.4 }, { kind: 'cut', fraction: 0.5 });
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect(entry.segments.map(({ file }) => file)).to.deep.equal(['0001.dbn', '0002.dbn', '0003.dbn.zst']);
    expect(entry.segments[2]?.skip).to.be.at.least(1);
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(bytes).to.be.at.most(expected.length * 1.02);
    const [, , continuation] = gateway.requests.filter(({ endpoint }) => endpoint === RANGE).slice(-3);
    expect(continuation?.parameters['end']).to.equal(String(DAY.end));
    expect(harness.warnings).to.have.lengthOf(2);
  });

  it('lowers the limit by what it has when it continues', async () => {
    const limited = { ...DAY, limit: 3_000n };
    const calm = await FetchHarness.open(gateway.url);
    const whole = await calm.content(await calm.fetch(limited));
    await calm.close();
    inTurn({ kind: 'cut', fraction: 0.5 });
    const entry = await harness.fetch(limited);
    expect(entry.records).to.equal(3_000);
    expect((await harness.content(entry)).equals(whole)).to.equal(true);
  });

  it('does not ask for more when a cut has left nothing out but the end of the last frame', async () => {
    inTurn({ kind: 'cut', fraction: 0.999_99 });
    const { result: entry, answers } = await bought(() => harness.fetch(DAY));
    expect(answers).to.equal(1);
    expect(entry.segments.map(({ file }) => file)).to.deep.equal(['0001.dbn']);
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
  });

  it('finds by the count that a proper end came too early, and goes on', async () => {
    inTurn({ kind: 'short', records: 100 });
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(bytes).to.be.at.most(expected.length * 1.02);
    expect(harness.warnings.join()).to.match(/sent \d+ records of GLBX.MDP3 trades where it counts \d+; going on/);
  });

  it('does not count where the count is not exact', async () => {
    const odd = { ...DAY, start: DAY.start + 1n };
    inTurn({ kind: 'short', records: 100 });
    const { result: entry, answers } = await bought(() => harness.fetch(odd));
    expect(answers).to.equal(1);
    expect(entry.records).to.be.at.most((await harness.client.recordCount(DAY)) - 100);
  });

  it('gives both numbers when records stay missing, keeps what it has, and buys little later', async () => {
    gateway.setFaults(({ endpoint }) => (endpoint === RANGE ? { kind: 'short', records: 5 } : undefined));
    const error = await rejected(harness.fetch(DAY, { tries: 3 }));
    expect(error.code).to.equal('DOWNLOAD_CORRUPT');
    expect(error.context['records']).to.equal((error.context['expected'] as number) - 5);
    gateway.setFaults();
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(bytes).to.be.at.most(1_000);
  });

  it('refuses more records than the service counts', async () => {
    const records = (await harness.client.recordCount(DAY)) - 1;
    const estimate = { costUsd: 1n, sizeBytes: 1, records };
    // The service itself counts right, so the estimate was only old.
    expect((await harness.fetch(DAY, { estimate })).records).to.equal(records + 1);
  });

  it('asks once more for what a wrong byte has spoilt, and keeps the frames before', async () => {
    inTurn({ kind: 'corrupt', fraction: 0.7 });
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(entry.segments).to.have.lengthOf(2);
    expect(bytes).to.be.at.most(expected.length * 2.02);
  });

  it('gives up when answers stay corrupt', async () => {
    gateway.setFaults(({ endpoint }) => (endpoint === RANGE ? { kind: 'corrupt', fraction: 0 } : undefined));
    const { result, answers } = await bought(() => rejected(harness.fetch(DAY)));
    expect(result.code).to.equal('DOWNLOAD_CORRUPT');
    expect(result.message).to.contain('4 answers could not be right');
    expect(answers).to.equal(4);
  });

  it('gives up after some tries that bring nothing, and goes on from there the next time', async () => {
    let broken = false;
    gateway.setFaults(({ endpoint }) => {
      if (endpoint !== RANGE) return undefined;
      const fault: Fault = broken ? { kind: 'cut', afterBytes: 10 } : { kind: 'cut', fraction: 0.6 };
      broken = true;
      return fault;
    });
    const failed = await bought(() => rejected(harness.fetch(DAY, { tries: 3 })));
    expect(failed.result.code).to.equal('SOURCE_UNAVAILABLE');
    expect(failed.answers).to.equal(4);
    gateway.setFaults();
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(bytes + failed.bytes).to.be.at.most(expected.length * 1.02);
    expect(entry.costUsd > harness.purse.reservations[0]!).to.equal(true);
  });

  it('makes an empty entry of days on which no symbol means an instrument', async () => {
    const sunday = requestOf({ start: '2024-01-13', end: '2024-01-14' });
    const estimate = { costUsd: 0n, sizeBytes: 0, records: 0 };
    const entry = await harness.fetch(sunday, { estimate });
    expect(entry).to.deep.include({ empty: 'no-instruments', records: 0, segments: [], costUsd: 0n });
    const decoder = new DbnDecoder();
    decoder.push(await harness.content(entry));
    decoder.end();
    expect(decoder.metadata).to.deep.include({
      version: 3,
      dataset: 'GLBX.MDP3',
      schema: 'trades',
      start: sunday.start,
      end: sunday.end,
      stypeIn: 'continuous',
      symbols: ['ES.c.0', 'NQ.c.0'],
      notFound: ['ES.c.0', 'NQ.c.0'],
    });
    expect((await bought(() => harness.fetch(sunday, { estimate }))).answers).to.equal(0);
    expect(await harness.archive.check(entry)).to.include({ status: 'ok' });
  });

  it('resolves the instruments of ALL_SYMBOLS, whose header maps none, also across a cut', async () => {
    const all = { ...DAY, stypeIn: 'raw_symbol' as const, symbols: ['ALL_SYMBOLS'] };
    inTurn({ kind: 'cut', fraction: 0.5 });
    const entry = await harness.fetch(all);
    const ids = new Set(entry.instruments.map(({ instrumentId }) => instrumentId));
    expect(ids.size).to.be.above(3);
    expect(entry.instruments.map(({ symbol }) => symbol)).to.include('ESH4');
    expect(entry.instruments[0]).to.include({ startDate: '2024-01-09', endDate: '2024-01-10' });
    expect((await harness.archive.find(entry.id))?.instruments).to.deep.equal(entry.instruments);
  });

  it('keeps the conditions of the days that were bought', async () => {
    const conditions = [{ date: '2024-01-09', condition: 'degraded', lastModifiedDate: null }];
    const entry = await harness.fetch(DAY, { conditions });
    expect((await harness.archive.find(entry.id))?.conditions).to.deep.equal(conditions);
  });

  it('buys again when told so, and puts that in the place of what was there', async () => {
    const before = await harness.fetch(DAY);
    const { answers, result } = await bought(() => harness.fetch(DAY, { refetch: true }));
    expect(answers).to.equal(1);
    expect(result.archivedAt > before.archivedAt).to.equal(true);
    expect(await harness.archive.list()).to.deep.equal([result]);
    expect(await harness.archive.check(result)).to.include({ status: 'ok' });
  });

  it('lets two that want the same at once buy it once', async () => {
    const both = await bought(() => Promise.all([harness.fetch(DAY), harness.fetch(DAY)]));
    expect(both.answers).to.equal(1);
    expect(both.result[0]).to.deep.equal(both.result[1]);
  });

  it('puts the cost down to the one of two that has bought it', async () => {
    const context = { signal: new AbortController().signal, onBytes: () => undefined, onNote: () => undefined };
    const chunks = [1, 2].map(() => new RangeChunk('databento', DAY, harness.archive, (wanted) => harness.buy(wanted)));
    await Promise.all(chunks.map(async (chunk) => chunk.fetch?.(context)));
    const origins = chunks.map(({ origin }) => origin);
    const [entry] = await harness.archive.list();
    expect(origins.map(({ archiveId }) => archiveId)).to.deep.equal([entry?.id, entry?.id]);
    expect(origins.flatMap(({ costUsd }) => costUsd ?? [])).to.deep.equal([harness.purse.spent]);
    expect(harness.purse.spent > 0n).to.equal(true);
  });

  it('leaves nothing behind when the service refuses it', async () => {
    inTurn({ kind: 'status', status: 402, case: 'account_insufficient_funds' });
    const error = await rejected(harness.fetch(DAY));
    expect(error.code).to.equal('ACCESS_DENIED');
    expect(harness.purse).to.include({ spent: 0n, reserved: 0n });
    expect(await unfinished()).to.deep.equal([]);
  });

  it('keeps what has arrived when it is cancelled, and goes on from there', async () => {
    const controller = new AbortController();
    inTurn({ kind: 'trickle', bytes: 16_384, ms: 5 });
    let bytes = 0;
    const onBytes = (count: number): void => {
      bytes += count;
      if (bytes > expected.length / 2) controller.abort();
    };
    const first = await bought(() => rejected(harness.fetch(DAY, { signal: controller.signal, onBytes })));
    expect(first.result.code).to.equal('CANCELLED');
    expect(harness.purse.reserved).to.equal(0n);
    expect(harness.purse.spent > 0n).to.equal(true);
    const second = await bought(() => harness.fetch(DAY));
    expect((await harness.content(second.result)).equals(expected)).to.equal(true);
    expect(second.bytes).to.be.at.most(expected.length * 0.6);
  });

  it('does nothing when it is cancelled before', async () => {
    const error = await rejected(harness.fetch(DAY, { signal: AbortSignal.abort() }));
    expect(error.code).to.equal('CANCELLED');
  });

  it('goes on from what a killed process has received', async () => {
    const main = fileURLToPath(new URL('../../../support/kept-fetch-main.js', import.meta.url));
    inTurn({ kind: 'trickle', bytes: 16_384, ms: 10 });
    const child = spawn(process.execPath, [main, gateway.url, harness.archive.location, '2024-01-09', '2024-01-10'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let received = 0;
    for await (const text of child.stdout.setEncoding('utf8')) {
      received += String(text).split('got ').length - 1;
      if (received > 12) break;
    }
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    expect(child.signalCode).to.equal('SIGKILL');
    const { result: entry, bytes } = await bought(() => harness.fetch(DAY));
    expect((await harness.content(entry)).equals(expected)).to.equal(true);
    expect(entry.segments).to.have.lengthOf(2);
    expect(bytes).to.be.below(expected.length * 0.8);
  });

  describe('finding an unfinished download', () => {
    beforeEach(async () => {
      inTurn(
        { kind: 'cut', fraction: 0.5 },
        ...Array.from({ length: 3 }, () => ({ kind: 'cut', afterBytes: 5 }) as const),
      );
      await rejected(harness.fetch(DAY, { tries: 3 }));
    });

    const file = async (ending: string): Promise<string> => {
      const name = (await unfinished()).find((one) => one.endsWith(ending));
      return join(harness.archive.location, name ?? 'none');
    };

    it('fetches anew when a part of it was changed', async () => {
      await truncate(await file('0001.dbn'), 100);
      const { result: entry, answers } = await bought(() => harness.fetch(DAY));
      expect(answers).to.equal(1);
      expect((await harness.content(entry)).equals(expected)).to.equal(true);
      expect(harness.warnings.at(-1)).to.match(/cannot be used .* it has 100 bytes, .*; it is fetched anew/);
    });

    it('fetches anew when its account cannot be read', async () => {
      await writeFile(await file('download.json'), '{"format_version":2}');
      const { result: entry, answers } = await bought(() => harness.fetch(DAY));
      expect(answers).to.equal(1);
      expect((await harness.content(entry)).equals(expected)).to.equal(true);
    });

    it('sweeps away what a killed process was writing', async () => {
      const part = await readFile(await file('0001.dbn'));
      await writeFile((await file('0001.dbn')).replace('0001', '0009'), part);
      const entry = await harness.fetch(DAY);
      expect(await readdir(join(harness.archive.location, entry.id))).to.have.lengthOf(4);
      expect((await harness.content(entry)).equals(expected)).to.equal(true);
    });
  });
});
