import { expect } from 'chai';
import { layoutNamed, readRecord } from '../../../../src/core/dbn/index.js';
import { defineRecord, encodeModelRecord } from '../../../../src/plugin.js';
import { definition, tbbo } from '../../../../plugins/index.js';

const QUOTE = {
  publisher_id: 1,
  instrument_id: 17,
  ts_event: null,
  price: 3_720_250_000_000n,
  size: null,
  action: 'T',
  side: null,
  flags: 0,
  depth: 0,
  ts_recv: 5n,
  ts_in_delta: -3,
  sequence: 9,
  bid_px: null,
  ask_px: -1n,
  bid_sz: 1,
  ask_sz: 2,
  bid_ct: 3,
  ask_ct: 4,
};

describe('encodeModelRecord', () => {
  it('puts properties where the wire has them, and null as what means "not set"', () => {
    const bytes = encodeModelRecord(tbbo.model, QUOTE, { rtype: 1 });
    const layout = layoutNamed('mbp-1', 3);
    if (layout === undefined) throw new Error('no layout');
    expect(readRecord(layout, new DataView(bytes.buffer), 0)).to.deep.equal({
      length: 20,
      rtype: 1,
      publisher_id: 1,
      instrument_id: 17,
      ts_event: 18_446_744_073_709_551_615n,
      price: 3_720_250_000_000n,
      size: 4_294_967_295,
      action: 'T',
      side: '',
      flags: 0,
      depth: 0,
      ts_recv: 5n,
      ts_in_delta: -3,
      sequence: 9,
      bid_px_00: 9_223_372_036_854_775_807n,
      ask_px_00: -1n,
      bid_sz_00: 1,
      ask_sz_00: 2,
      bid_ct_00: 3,
      ask_ct_00: 4,
    });
  });

  for (const [name, values, message] of [
    ['a property that is missing', { ...QUOTE, depth: undefined }, 'it needs a value for "depth"'],
    [
      'null where the format has no "not set"',
      { ...QUOTE, depth: null },
      'it has no "not set" for "depth" (u8), found null',
    ],
    ['a property that the model does not have', { ...QUOTE, bid_px_00: 5n }, 'it has no property "bid_px_00"'],
    ['a value that does not fit', { ...QUOTE, depth: 256 }, 'field "depth" of a "mbp-1" record cannot be encoded'],
  ] as const) {
    it(`refuses ${name}`, () => {
      expect(() => encodeModelRecord(tbbo.model, values, { rtype: 1 }))
        .to.throw(message)
        .with.property('code', 'ENCODE_FAILED');
    });
  }

  it('encodes records in a layout of their own', () => {
    const Own = defineRecord({ name: 'Own', indexTimestamp: 'ts_event', fields: { note: { type: 'text', size: 8 } } });
    const values = { publisher_id: 1, instrument_id: 2, ts_event: 3n, note: 'hello' };
    const bytes = encodeModelRecord(Own, values, { rtype: 0xe0, version: 1 });
    expect(Buffer.from(bytes).toString('hex')).to.equal('06e00100020000000300000000000000' + '68656c6c6f000000');
  });

  it('refuses a version that it does not know', () => {
    expect(() => encodeModelRecord(definition.model, {}, { rtype: 0x13, version: 4 as 3 })).to.throw(
      'a record of model "InstrumentDefinition" cannot be encoded: it has no layout in DBN version 4',
    );
  });
});
