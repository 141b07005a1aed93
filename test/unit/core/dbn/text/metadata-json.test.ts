import { expect } from 'chai';
import { isoTime, metadataToJson, newMetadata, UNDEF_TIMESTAMP } from '../../../../../src/core/dbn/index.js';

const METADATA = newMetadata({
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  start: 1609160400000000001n,
  end: 1609200000000000000n,
  limit: 2n,
  symbols: ['ESH1'],
  notFound: ['ESX'],
  mappings: [{ rawSymbol: 'ESH1', intervals: [{ startDate: 20201228, endDate: 20201229, symbol: '5482' }] }],
});

describe('metadata as json', () => {
  it("has the vendor's keys in the vendor's order", () => {
    expect(JSON.stringify(metadataToJson(METADATA))).to.equal(
      '{"version":3,"dataset":"GLBX.MDP3","schema":"trades","start":"1609160400000000001","end":"1609200000000000000","limit":"2","stype_in":"raw_symbol","stype_out":"instrument_id","ts_out":false,"symbol_cstr_len":71,"symbols":["ESH1"],"partial":[],"not_found":["ESX"],"mappings":[{"raw_symbol":"ESH1","intervals":[{"start_date":20201228,"end_date":20201229,"symbol":"5482"}]}]}',
    );
  });

  it('prints times and dates for people', () => {
    const json = metadataToJson(METADATA, { prettyTs: true });
    expect(json).to.include({ start: '2020-12-28T13:00:00.000000001Z', end: '2020-12-29T00:00:00.000000000Z' });
    expect(json.mappings[0]?.intervals).to.deep.equal([
      { start_date: '2020-12-28', end_date: '2020-12-29', symbol: '5482' },
    ]);
  });

  it('has null for what is undefined', () => {
    const live = newMetadata({ dataset: 'X', schema: null, stypeIn: null, start: 0n });
    expect(metadataToJson(live)).to.include({ schema: null, start: '0', end: null, limit: null, stype_in: null });
    expect(metadataToJson(live, { prettyTs: true })).to.include({ start: null, end: null });
  });
});

describe('a time for people', () => {
  it('has nine decimals', () => {
    expect(isoTime(1n)).to.equal('1970-01-01T00:00:00.000000001Z');
  });

  it('is null for 0 and the undefined time', () => {
    expect([isoTime(0n), isoTime(UNDEF_TIMESTAMP)]).to.deep.equal([null, null]);
  });
});
