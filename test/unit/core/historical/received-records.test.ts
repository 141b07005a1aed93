import { expect } from 'chai';
import { DbnDecoder, recordSpans, splitSpan, type RecordSpan } from '../../../../src/core/dbn/index.js';
import { isCountExact, recordsOf } from '../../../../src/core/historical/record-expectation.js';
import { ReceivedRecords } from '../../../../src/core/historical/received-records.js';
import { TailComparison } from '../../../../src/core/historical/tail-comparison.js';
import { requestOf } from '../../../support/fetching.js';
import { piecesOf } from '../../../support/pieces.js';
import { DAY, MONDAY, trade, trades, tradesFile } from '../../../support/trade-file.js';
import type { RecordToEncode } from '../../../../src/core/dbn/encode/dbn-encoder.js';

const UNDEFINED = 18446744073709551615n;
const RANGE = { start: MONDAY, end: MONDAY + DAY };

function spansOf(records: readonly RecordToEncode[], size = 1_000): RecordSpan[] {
  const decoder = new DbnDecoder();
  const bytes = tradesFile(records);
  const spans: RecordSpan[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    decoder.push(bytes.slice(at, at + size));
    spans.push(...recordSpans(decoder));
  }
  return spans;
}

function received(records: readonly RecordToEncode[]): ReceivedRecords {
  const all = new ReceivedRecords(RANGE).beginPart(0, 500);
  all.collecting = true;
  for (const span of spansOf(records)) all.take(span, 3);
  return all;
}

describe('records that were received', () => {
  it('are counted, with the latest time and how many share it', () => {
    const all = received([...trades(5), trade(4), trade(4)]);
    expect(all).to.include({ records: 7, recordBytes: 7 * 48, tailRecords: 3, ranBackwards: false, strays: 0 });
    expect(all.latest).to.equal(trade(4).values['ts_recv']);
    expect(all.tail).to.deep.equal({ part: 0, byte: 500 + 4 * 48 });
    expect([...all.instrumentIds]).to.deep.equal([5482]);
  });

  it('say when their times ran backwards, or lie outside of the range', () => {
    expect(received([trade(5), trade(4)]).ranBackwards).to.equal(true);
    expect(received([trade(5), trade(100_000)]).strays).to.equal(1);
    expect(received([trade(1, { ts_recv: MONDAY - 1n })]).strays).to.equal(1);
    expect(received([trade(1, { ts_recv: MONDAY + DAY })]).strays).to.equal(1);
    expect(received([trade(1, { ts_recv: MONDAY })]).strays).to.equal(0);
  });

  it('without a time belong to the ones before', () => {
    const all = received([...trades(2), trade(9, { ts_recv: UNDEFINED })]);
    expect(all).to.include({ records: 3, tailRecords: 2, strays: 0 });
    expect(received([trade(9, { ts_recv: UNDEFINED })]).latest).to.equal(null);
  });

  it('of an answer that is dropped leave the others as they were', () => {
    const held = received(trades(5));
    const next = held.beginPart(1, 600);
    for (const span of spansOf(trades(5, 5))) next.take(span, 3);
    expect(next).to.deep.include({ records: 10, tail: { part: 1, byte: 600 + 4 * 48 } });
    expect(held).to.deep.include({ records: 5, tail: { part: 0, byte: 500 + 4 * 48 } });
  });

  it('come as runs of whole records, which can be split', () => {
    const spans = spansOf(trades(30), 100);
    expect(spans.reduce((sum, { records }) => sum + records, 0)).to.equal(30);
    const [first, rest] = splitSpan(spansOf(trades(5))[0] as RecordSpan, 2);
    expect([first.records, first.bytes.length, rest.records, rest.bytes.length]).to.deep.equal([2, 96, 3, 144]);
  });
});

describe('what is held, compared with what comes', () => {
  const held = Uint8Array.of(1, 2, 3, 4, 5);

  it('is equal however either is cut', async () => {
    const comparison = new TailComparison(piecesOf(held, 2));
    expect(await comparison.equals(held.subarray(0, 3))).to.equal(true);
    expect(await comparison.equals(held.subarray(3))).to.equal(true);
    await comparison.close();
  });

  it('differs by a byte, and when it ends before', async () => {
    expect(await new TailComparison(piecesOf(held, 2)).equals(Uint8Array.of(1, 2, 4))).to.equal(false);
    expect(await new TailComparison(piecesOf(held)).equals(Uint8Array.of(1, 2, 3, 4, 5, 6))).to.equal(false);
  });
});

describe('the count of records', () => {
  it('is exact for whole ten minutes, for definitions for whole days', () => {
    expect(isCountExact(requestOf({ start: '2024-03-04T00:10', end: '2024-03-04T01:20' }))).to.equal(true);
    expect(isCountExact(requestOf({ start: '2024-03-04T00:11', end: '2024-03-04T01:20' }))).to.equal(false);
    const definition = { schema: 'definition', start: '2024-03-04' };
    expect(isCountExact(requestOf({ ...definition, end: '2024-03-05' }))).to.equal(true);
    expect(isCountExact(requestOf({ ...definition, end: '2024-03-04T01:20' }))).to.equal(false);
  });

  it('is bounded by the limit', () => {
    expect(recordsOf(requestOf({ limit: 5n }), 10)).to.equal(5);
    expect(recordsOf(requestOf({ limit: 50n }), 10)).to.equal(10);
    expect(recordsOf(requestOf({}), 10)).to.equal(10);
  });
});
