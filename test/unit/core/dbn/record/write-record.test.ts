import { expect } from 'chai';
import fc from 'fast-check';
import {
  DbnEncoder,
  encodeRecord,
  LAYOUTS,
  layoutNamed,
  newMetadata,
  readRecord,
  recordSize,
  writeRecord,
  type RecordLayout,
  type RecordValue,
  type WireField,
} from '../../../../../src/core/dbn/index.js';
import { thrown } from '../../../../support/thrown.js';

const TRADE = layoutNamed('trade', 3)!;
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const bits = (signed: boolean, size: number): [bigint, bigint] =>
  signed ? [-(2n ** BigInt(8 * size - 1)), 2n ** BigInt(8 * size - 1) - 1n] : [0n, 2n ** BigInt(8 * size) - 1n];

/** Any value that a field can hold, in the form it is read in. */
function anyValue(field: WireField): fc.Arbitrary<RecordValue> {
  switch (field.type) {
    case 'char':
      return fc.integer({ min: 0, max: 255 }).map((code) => (code === 0 ? '' : String.fromCharCode(code)));
    case 'cstr':
      return fc.string({ maxLength: field.size - 1 }).map((text) => text.replaceAll('\0', ''));
    case 'bytes':
      return fc.uint8Array({ minLength: field.size, maxLength: field.size }).map((b) => Buffer.from(b).toString('hex'));
    default: {
      const [min, max] = bits(['i8', 'i16', 'i32', 'i64', 'price'].includes(field.type), field.size);
      const number = fc.bigInt({ min, max });
      return field.size === 8 ? number : number.map(Number);
    }
  }
}

function anyRecord(layout: RecordLayout): fc.Arbitrary<Record<string, RecordValue>> {
  const fields = layout.fields.filter(({ name }) => name !== 'length');
  return fc.record(Object.fromEntries(fields.map((field) => [field.name, anyValue(field)])));
}

describe('record encoding', () => {
  for (const layout of LAYOUTS) {
    it(`reads any values that it writes as "${layout.name}" of version ${layout.versions.join(', ')}`, () => {
      fc.assert(
        fc.property(anyRecord(layout), (values) => {
          const bytes = encodeRecord(layout, values);
          expect(readRecord(layout, viewOf(bytes), 0)).to.deep.equal({ ...values, length: layout.size / 4 });
        }),
        { numRuns: 20 },
      );
    });
  }

  it("fills missing fields as the vendor's constructors do", () => {
    const definition = readRecord(
      layoutNamed('definition', 3)!,
      viewOf(encodeRecord(layoutNamed('definition', 3)!, {})),
      0,
    );
    expect(definition).to.include({
      length: 130,
      rtype: 0x13,
      publisher_id: 0,
      ts_event: 18446744073709551615n,
      min_price_increment: 9223372036854775807n,
      raw_instrument_id: 0n,
      market_depth: 2147483647,
      raw_symbol: '',
      instrument_class: '',
      match_algorithm: ' ',
      security_update_action: 'A',
      user_defined_instrument: 'N',
      tick_rule: 255,
      leg_side: 'N',
      _reserved: '00'.repeat(17),
    });
    const statistic = readRecord(
      layoutNamed('statistics', 1)!,
      viewOf(encodeRecord(layoutNamed('statistics', 1)!, {})),
      0,
    );
    expect(statistic).to.include({ quantity: 2147483647, update_action: 1, channel_id: 65535, ts_in_delta: 0 });
  });

  it('takes plain numbers for 64-bit fields and bigints for small ones', () => {
    const bytes = encodeRecord(TRADE, { price: -5, size: 7n, ts_recv: 3 });
    expect(readRecord(TRADE, viewOf(bytes), 0)).to.include({ price: -5n, size: 7, ts_recv: 3n });
  });

  it('takes undefined for a value that is not given', () => {
    expect(encodeRecord(TRADE, { size: undefined })).to.deep.equal(encodeRecord(TRADE, {}));
  });

  it('writes into the middle of a buffer and leaves the rest alone', () => {
    const target = new Uint8Array(100).fill(0xaa);
    expect(writeRecord(TRADE, {}, target, 20)).to.equal(48);
    expect(target.subarray(20, 68)).to.deep.equal(encodeRecord(TRADE, {}));
    expect([target[19], target[68]]).to.deep.equal([0xaa, 0xaa]);
  });

  it('counts the trailer of ts_out in the length', () => {
    expect(recordSize(TRADE, { tsOut: true })).to.equal(56);
    expect(recordSize(TRADE, { tsOut: false })).to.equal(48);
    expect(encodeRecord(TRADE, {}, { tsOut: 1n })[0]).to.equal(14);
  });

  it('cuts text at its first NUL when reading', () => {
    const layout = layoutNamed('system', 1)!;
    const bytes = encodeRecord(layout, { msg: 'Heartbeat' });
    bytes[16 + 5] = 0;
    expect(readRecord(layout, viewOf(bytes), 0)['msg']).to.equal('Heart');
  });

  it('reads text that fills its field', () => {
    const layout = layoutNamed('system', 1)!;
    const bytes = encodeRecord(layout, {});
    bytes.fill(0x41, 16, 80);
    expect(readRecord(layout, viewOf(bytes), 0)['msg']).to.equal('A'.repeat(64));
  });

  describe('refuses with ENCODE_FAILED', () => {
    const CASES: readonly [name: string, layout: string, values: Record<string, RecordValue>, why: string][] = [
      ['field-unknown', 'trade', { bid_px: 1n }, 'a "trade" record has no field "bid_px"'],
      [
        'u8-too-large',
        'trade',
        { flags: 256 },
        '"flags" of a "trade" record cannot be encoded: found "256", expected an integer from 0 to 255',
      ],
      ['u32-negative', 'trade', { size: -1 }, 'found "-1", expected an integer from 0 to 4294967295'],
      ['fraction', 'trade', { size: 1.5 }, 'found "1.5"'],
      ['text-for-a-number', 'trade', { size: '1' }, 'expected an integer'],
      [
        'price-too-large',
        'trade',
        { price: 2n ** 63n },
        'expected an integer from -9223372036854775808 to 9223372036854775807',
      ],
      ['price-beyond-exact-numbers', 'trade', { price: 2 ** 60 }, 'found "1152921504606847000"'],
      ['price-as-text', 'trade', { price: '1' }, 'found "1"'],
      ['two-characters', 'trade', { side: 'BA' }, 'found "BA", expected one character of one byte'],
      ['wide-character', 'trade', { side: '€' }, 'expected one character'],
      ['number-for-a-character', 'trade', { side: 65 }, 'expected one character'],
      [
        'text-too-long',
        'definition',
        { exchange: 'XCMEX' },
        'found "XCMEX", expected text of at most 4 bytes without NUL',
      ],
      ['text-with-nul', 'definition', { exchange: 'X\0' }, 'without NUL'],
      ['number-for-text', 'definition', { exchange: 1 }, 'expected text'],
      ['reserved-not-hex', 'definition', { _reserved: 'xy' }, 'expected at most 17 bytes in hex'],
      ['reserved-too-long', 'definition', { _reserved: '00'.repeat(18) }, 'at most 17 bytes in hex'],
      ['rtype-ambiguous', 'ohlcv', {}, 'found "none", expected one of 32, 33, 34, 35, 36, 17'],
    ];
    for (const [name, layout, values, why] of CASES) {
      it(name, () => {
        const error = thrown(() => encodeRecord(layoutNamed(layout, 3)!, values));
        expect(error.code).to.equal('ENCODE_FAILED');
        expect(error.message).to.include(why);
      });
    }

    it('layout-unknown', () => {
      const encoder = new DbnEncoder(newMetadata({ dataset: 'X', schema: 'trades' }));
      const error = thrown(() => encoder.record({ layout: 'trades', values: {} }));
      expect(error.message).to.equal('version 3 of DBN has no layout "trades"');
    });
  });
});
