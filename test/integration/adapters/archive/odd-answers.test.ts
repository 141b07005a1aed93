import { expect } from 'chai';
import { compress } from '../../../../src/adapters/zstd/index.js';
import type { Metadata } from '../../../../src/core/dbn/index.js';
import type { RecordToEncode } from '../../../../src/core/dbn/encode/dbn-encoder.js';
import type { FetchOrder } from '../../../../src/core/historical/fetch-order.js';
import { FetchHarness, requestOf } from '../../../support/fetching.js';
import { gathered, piecesOf } from '../../../support/pieces.js';
import { chunked, cutAfter, json, ScriptedGateway, type Answer } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';
import { DAY, MONDAY, trade, trades, tradesFile } from '../../../support/trade-file.js';

const REQUEST = requestOf({ symbols: ['ESH4'], stypeIn: 'raw_symbol', start: '2024-03-04', end: '2024-03-05' });
const ALL = { ...REQUEST, symbols: ['ALL_SYMBOLS'] };
const RESUMED_AT = trade(4).values['ts_recv'] as bigint;

const stored = (bytes: Uint8Array): Promise<Buffer> => gathered(compress(piecesOf(bytes), { rung: 'raw' }));
const answerOf = (records: readonly RecordToEncode[], header: Partial<Metadata> = {}): Promise<Buffer> =>
  stored(tradesFile(records, header));

/** A service whose answers to get_range are these in turn, the last one for ever. */
async function serviceOf(answers: readonly Answer[], others: Readonly<Record<string, Answer>> = {}) {
  const inTurn = [...answers];
  return ScriptedGateway.start((response, request) => {
    const endpoint = /\/v0\/([a-z_.]+)/.exec(request.path)?.[1] ?? '';
    const answer =
      endpoint === 'timeseries.get_range' ? (inTurn.length > 1 ? inTurn.shift() : inTurn[0]) : others[endpoint];
    return (answer ?? json(1))(response, request);
  });
}

describe('an answer of the service that is odd', () => {
  let gateway: ScriptedGateway;
  let harness: FetchHarness;

  const given = async (answers: readonly Answer[], others: Readonly<Record<string, Answer>> = {}): Promise<void> => {
    gateway = await serviceOf(answers, others);
    harness = await FetchHarness.open(gateway.address);
  };
  afterEach(async () => {
    await harness.close();
    await gateway.close();
  });

  const fetch = (records: number | null = null, request = REQUEST, more: Partial<FetchOrder> = {}) =>
    harness.fetch(request, { estimate: { costUsd: 100n, sizeBytes: 4_800, records }, tries: 3, ...more });
  const starts = (): (string | undefined)[] =>
    gateway.requests.filter(({ path }) => path.includes('get_range')).map(({ parameters }) => parameters['start']);

  for (const [field, header] of [
    ['dataset', { dataset: 'XNAS.ITCH' }],
    ['schema', { schema: 'tbbo' }],
    ['stype_in', { stypeIn: 'parent' }],
    ['start', { start: MONDAY + 1n }],
    ['end', { end: MONDAY + 2n * DAY }],
    ['limit', { limit: 7n }],
    ['symbols', { symbols: ['ESH4', 'ESM4'] }],
  ] as const) {
    it(`is never taken for the right one: its ${field} differs`, async () => {
      await given([chunked([await answerOf(trades(3), header)])]);
      const error = await rejected(fetch());
      expect(error.code).to.equal('DOWNLOAD_CORRUPT');
      expect(error.message).to.contain(`its header has ${field} "`);
      expect(await harness.archive.list()).to.deep.equal([]);
    });
  }

  it('may hold times outside of the range: kept, and said', async () => {
    await given([chunked([await answerOf([...trades(3), trade(200_000)])])]);
    expect((await fetch(4)).records).to.equal(4);
    expect(harness.warnings.join()).to.contain('1 record came with an index timestamp outside');
  });

  it('is not believed when it is cut and holds times outside of the range', async () => {
    const bad = await answerOf([...trades(3), trade(200_000), ...trades(9, 4)]);
    await given([cutAfter([bad.subarray(0, -100)]), chunked([await answerOf(trades(5))])]);
    expect((await fetch(5)).segments).to.have.lengthOf(1);
    expect(starts()).to.deep.equal([String(MONDAY), String(MONDAY)]);
  });

  it('whose times run backwards is kept when it is whole', async () => {
    await given([chunked([await answerOf([trade(5), trade(3), trade(4)])])]);
    expect((await fetch(3)).records).to.equal(3);
  });

  it('whose times run backwards is not continued but fetched anew', async () => {
    const records = [trade(5), trade(3), ...trades(9, 6)];
    const whole = await answerOf(records);
    await given([cutAfter([whole.subarray(0, -100)]), chunked([whole])]);
    const entry = await fetch(records.length);
    expect(entry.segments.map(({ file }) => file)).to.deep.equal(['0002.dbn.zst']);
    expect(starts()).to.deep.equal([String(MONDAY), String(MONDAY)]);
    // Both answers count: 11 records of 48 bytes at 100 for 4,800 bytes, and the 9 that came whole before the cut.
    expect(entry.costUsd).to.equal(11n + 9n);
  });

  /** Six trades of ten, and the connection ends. */
  const cut = async (): Promise<Answer> => cutAfter([(await answerOf(trades(5))).subarray(0, -7)]);
  const rest = (records: readonly RecordToEncode[], header: Partial<Metadata> = {}) =>
    answerOf(records, { start: RESUMED_AT, ...header });

  it('is continued when it begins with the records that are held', async () => {
    await given([await cut(), chunked([await rest(trades(6, 4))])]);
    const entry = await fetch(10);
    expect((await harness.content(entry)).equals(tradesFile(trades(10)))).to.equal(true);
    expect(starts()).to.deep.equal([String(MONDAY), String(RESUMED_AT)]);
  });

  for (const [what, records, header] of [
    ['begins with another record', [trade(4, { size: 4 }), ...trades(5, 5)], {}],
    ['has not even what is held', [], {}],
    ['is in another version of the format', trades(6, 4), { version: 2 as const }],
  ] as const) {
    it(`is not joined when the continuation ${what}: asked once more, then all is fetched anew`, async () => {
      const bad = chunked([await rest(records, header)]);
      await given([await cut(), bad, bad, chunked([await answerOf(trades(10))])]);
      const entry = await fetch(10);
      expect((await harness.content(entry)).equals(tradesFile(trades(10)))).to.equal(true);
      expect(entry.segments).to.have.lengthOf(1);
      expect(starts()).to.deep.equal([MONDAY, RESUMED_AT, RESUMED_AT, MONDAY].map(String));
    });
  }

  it('that goes on contradicting itself is given up', async () => {
    const bad = chunked([await rest([trade(4, { size: 4 })])]);
    const pairs = await Promise.all(Array.from({ length: 4 }, async () => [await cut(), bad, bad]));
    await given(pairs.flat());
    expect((await rejected(fetch(10))).message).to.contain('4 answers could not be right');
  });

  it('joins records that share the time of the cut, however many', async () => {
    const same = Array.from({ length: 4 }, (_, index) => trade(4, { sequence: 100 + index }));
    const all = [...trades(4), ...same, ...trades(2, 5)];
    const first = await answerOf([...trades(4), ...same.slice(0, 2)]);
    await given([
      cutAfter([first.subarray(0, -7)]),
      cutAfter([(await rest(same.slice(0, 3))).subarray(0, -7)]),
      chunked([await rest([...same, ...trades(2, 5)])]),
    ]);
    const entry = await fetch(10);
    expect((await harness.content(entry)).equals(tradesFile(all))).to.equal(true);
    expect(entry.segments.map(({ skip }) => skip)).to.deep.equal([0, 0, 3]);
  });

  it('may break before it has said anything', async () => {
    await given([cutAfter([Uint8Array.of(0x28, 0xb5)]), cutAfter([]), chunked([await answerOf(trades(2))])]);
    expect((await fetch(2)).records).to.equal(2);
  });

  it('may be no answer at all: it is not asked for again, and nothing of it is kept', async () => {
    await given([chunked(['<html>Log in first</html>'])]);
    const error = await rejected(fetch());
    expect(error.code).to.equal('REPLY_INVALID');
    expect(error.message).to.contain('is not DBN').and.contain('Log in first');
    expect(starts()).to.have.lengthOf(1);
    expect(await harness.archive.list()).to.deep.equal([]);
  });

  it('has more records than the service counts: both numbers are said', async () => {
    await given([chunked([await answerOf(trades(3))])], { 'metadata.get_record_count': json(2) });
    const error = await rejected(fetch());
    expect(error.message).to.contain('sent 3 records of GLBX.MDP3 trades where it counts 2');
    // What was paid for is not paid for again.
    await rejected(fetch());
    expect(starts()).to.have.lengthOf(1);
  });

  it('is kept when the service cannot count', async () => {
    await given([chunked([await answerOf(trades(3))])], { 'metadata.get_record_count': json({ detail: 'No.' }, 400) });
    expect((await fetch()).records).to.equal(3);
    expect(harness.warnings.join()).to.contain('cannot be counted');
  });

  for (const [stypeIn, symbol] of [
    ['raw_symbol', 'ESH4'],
    ['continuous', 'ES.c.0'],
    ['parent', 'ES.FUT'],
    ['instrument_id', '5482'],
  ] as const) {
    it(`may map nothing for ${symbol}: its rows are not named by what was not asked for`, async () => {
      const named = { stypeIn, symbols: [symbol] };
      await given([chunked([await answerOf(trades(3), { ...named, mappings: [] })])]);
      expect((await fetch(3, { ...REQUEST, ...named })).instruments).to.deep.equal([]);
      expect(gateway.requests.filter(({ path }) => path.includes('symbology.resolve'))).to.deep.equal([]);
    });
  }

  it('is kept when its instruments cannot be resolved', async () => {
    const header = { symbols: ['ALL_SYMBOLS'], mappings: [] };
    await given([chunked([await answerOf(trades(3), header)])], { 'symbology.resolve': json({ detail: 'No.' }, 400) });
    expect((await fetch(3, ALL)).instruments).to.deep.equal([]);
    expect(harness.warnings.join()).to.contain('cannot be resolved');
  });

  it('is not lost when the service is gone before its instruments are resolved', async () => {
    const header = { symbols: ['ALL_SYMBOLS'], mappings: [] };
    await given([chunked([await answerOf(trades(3), header)])], { 'symbology.resolve': json('', 503) });
    expect((await rejected(fetch(3, ALL))).code).to.equal('SOURCE_UNAVAILABLE');
    expect((await rejected(fetch(3, ALL))).code).to.equal('SOURCE_UNAVAILABLE');
    expect(starts()).to.have.lengthOf(1);
  });

  it('is priced at nothing rather than lost when there is no price list', async () => {
    await given([chunked([await answerOf(trades(3))])], { 'metadata.list_unit_prices': json({ detail: 'No.' }, 400) });
    expect((await fetch(3, REQUEST, { estimate: { costUsd: 0n, sizeBytes: 0, records: 3 } })).costUsd).to.equal(0n);
  });

  it('of the very end of the range is the last one', async () => {
    const last = trade(0, { ts_recv: MONDAY + DAY - 1n });
    await given([chunked([await answerOf([...trades(2), last])])]);
    expect((await fetch(3)).records).to.equal(3);
    expect(harness.warnings).to.deep.equal([]);
  });
});
