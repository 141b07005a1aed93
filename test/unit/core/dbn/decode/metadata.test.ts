import { expect } from 'chai';
import fc from 'fast-check';
import {
  decodeMetadata,
  encodeMetadata,
  newMetadata,
  SCHEMA_NAMES,
  STYPE_NAMES,
  UNDEF_TIMESTAMP,
  type Metadata,
} from '../../../../../src/core/dbn/index.js';
import { thrown } from '../../../../support/thrown.js';

const SYMBOLS_OFFSET = 112;
const SAMPLE = newMetadata({ dataset: 'GLBX.MDP3', schema: 'trades', symbols: ['ESH1'], mappings: [] });

/** A header with bytes changed. */
function patched(metadata: Metadata, patch: (view: DataView) => void): Uint8Array {
  const bytes = encodeMetadata(metadata);
  patch(new DataView(bytes.buffer));
  return bytes;
}

const ascii = (longest: number): fc.Arbitrary<string> =>
  fc.string({
    unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
    maxLength: longest,
  });

const u64 = fc.bigInt({ min: 0n, max: UNDEF_TIMESTAMP - 1n });

function anyMetadata(version: 1 | 2 | 3): fc.Arbitrary<Metadata> {
  const symbol = ascii(version === 1 ? 21 : 70);
  const date = fc.integer({ min: 19700101, max: 21001231 });
  const interval = fc.record({ startDate: date, endDate: date, symbol });
  const mapping = fc.record({ rawSymbol: symbol, intervals: fc.array(interval, { maxLength: 4 }) });
  return fc
    .record({
      dataset: ascii(15),
      schema: fc.option(fc.oneof(fc.constantFrom(...SCHEMA_NAMES), fc.constant('unknown-500'))),
      start: u64,
      end: fc.option(u64),
      limit: fc.option(fc.bigInt({ min: 1n, max: UNDEF_TIMESTAMP })),
      stypeIn: fc.option(fc.oneof(fc.constantFrom(...STYPE_NAMES), fc.constant('unknown-77'))),
      stypeOut: fc.oneof(fc.constantFrom<string>(...STYPE_NAMES), fc.constant('unknown-255')),
      tsOut: fc.boolean(),
      symbols: fc.array(symbol, { maxLength: 5 }),
      partial: fc.array(symbol, { maxLength: 5 }),
      notFound: fc.array(symbol, { maxLength: 5 }),
      mappings: fc.array(mapping, { maxLength: 5 }),
    })
    .map((values) => newMetadata({ ...values, version }));
}

describe('metadata', () => {
  for (const version of [1, 2, 3] as const) {
    it(`reads what it writes in version ${version}, and writes the same bytes again`, () => {
      fc.assert(
        fc.property(anyMetadata(version), (metadata) => {
          const bytes = encodeMetadata(metadata);
          const decoded = decodeMetadata(bytes);
          expect(decoded).to.deep.equal(metadata);
          expect(encodeMetadata(decoded)).to.deep.equal(bytes);
        }),
      );
    });

    it(`has its sections at byte ${SYMBOLS_OFFSET} in version ${version}`, () => {
      const bytes = encodeMetadata(newMetadata({ ...SAMPLE, version, symbolCstrLen: version === 1 ? 22 : 71 }));
      expect(new DataView(bytes.buffer).getUint32(SYMBOLS_OFFSET, true)).to.equal(1);
      expect(Buffer.from(bytes).subarray(116, 120).toString()).to.equal('ESH1');
    });
  }

  it('needs 128 bytes for the smallest header', () => {
    const smallest = (version: 1 | 2 | 3) => encodeMetadata(newMetadata({ dataset: '', schema: null, version })).length;
    expect([smallest(1), smallest(2), smallest(3)]).to.deep.equal([128, 128, 128]);
  });

  it('pads the header to eight bytes in version 3 only', () => {
    const size = (version: 2 | 3) => encodeMetadata(newMetadata({ ...SAMPLE, version })).length;
    expect([size(2), size(3)]).to.deep.equal([199, 200]);
  });

  it('takes a start without meaning and an undefined end', () => {
    const decoded = decodeMetadata(encodeMetadata({ ...SAMPLE, start: 2814749767106560n, end: null }));
    expect(decoded.start).to.equal(2814749767106560n);
    expect(decoded.end).to.equal(null);
  });

  it('takes any value but 0 of ts_out for yes', () => {
    expect(decodeMetadata(patched(SAMPLE, (view) => view.setUint8(52, 7))).tsOut).to.equal(true);
  });

  it('ignores the count of records of version 1', () => {
    const old = newMetadata({ dataset: 'XNAS.ITCH', schema: 'mbo', version: 1 });
    expect(decodeMetadata(patched(old, (view) => view.setBigUint64(50, 12n, true)))).to.deep.equal(old);
  });

  it('ignores bytes behind the mappings', () => {
    const bytes = encodeMetadata(SAMPLE);
    const longer = new Uint8Array(bytes.length + 24).fill(0xee);
    longer.set(bytes);
    new DataView(longer.buffer).setUint32(4, longer.length - 8, true);
    expect(decodeMetadata(longer)).to.deep.equal(SAMPLE);
  });

  it('keeps a mapping without intervals', () => {
    const metadata = newMetadata({ ...SAMPLE, mappings: [{ rawSymbol: 'ESH1', intervals: [] }] });
    expect(decodeMetadata(encodeMetadata(metadata)).mappings).to.deep.equal(metadata.mappings);
  });

  describe('refuses with METADATA_INVALID', () => {
    const CASES: readonly [name: string, patch: (view: DataView) => void, why: string][] = [
      ['length-zero', (view) => view.setUint32(4, 0, true), 'its length at byte 4 is 0 bytes, the smallest is 120'],
      ['length-four-gib', (view) => view.setUint32(4, 0xffff_ffff, true), 'the largest accepted is 268435456'],
      ['length-beyond-the-bytes', (view) => view.setUint32(4, 500, true), '508 bytes are declared, 200 are there'],
      ['symbol-width-zero', (view) => view.setUint16(53, 0, true), 'its symbol width at byte 53 is 0'],
      ['schema-definition', (view) => view.setUint32(108, 9, true), 'a schema definition of 9 bytes'],
      [
        'too-many-symbols',
        (view) => view.setUint32(112, 0xffff_ffff, true),
        'the section "symbols" at byte 112 announces',
      ],
      [
        'too-many-partial',
        (view) => view.setUint32(187, 2, true),
        'the section "partial" at byte 187 announces 2 entries',
      ],
      ['too-many-mappings', (view) => view.setUint32(195, 1_000_000, true), 'the section "mappings" at byte 195'],
      ['dataset-with-nul', (view) => view.setUint8(9, 0), 'the text at byte 8 goes on after a NUL'],
      ['symbol-with-nul', (view) => view.setUint8(117, 0), 'the text at byte 116 goes on after a NUL'],
      ['dataset-not-utf8', (view) => view.setUint8(8, 0xff), 'the text at byte 8 is not UTF-8'],
    ];
    for (const [name, patch, why] of CASES) {
      it(name, () => {
        const error = thrown(() => decodeMetadata(patched(SAMPLE, patch)));
        expect(error.code).to.equal('METADATA_INVALID');
        expect(error.message).to.include(why);
        expect(error.context).to.have.property('byte');
      });
    }

    it('cut-inside-a-mapping', () => {
      const metadata = newMetadata({
        ...SAMPLE,
        version: 2,
        symbols: [],
        mappings: [{ rawSymbol: 'A', intervals: [] }],
      });
      const bytes = encodeMetadata(metadata);
      new DataView(bytes.buffer).setUint32(bytes.length - 4, 3, true);
      const error = thrown(() => decodeMetadata(bytes));
      expect(error.message).to.include('"intervals of a mapping"').and.to.include('the 0 bytes left hold fewer');
    });

    it('sections-missing', () => {
      const bytes = encodeMetadata(newMetadata({ dataset: 'X', schema: 'mbo', symbols: ['A'] })).slice(0, 128);
      const view = new DataView(bytes.buffer);
      view.setUint32(4, 120, true);
      view.setUint16(53, 8, true);
      view.setUint32(124, 1, true);
      expect(thrown(() => decodeMetadata(bytes)).message).to.include('announces 1 entries');
    });

    it('sections-end-early', () => {
      const bytes = encodeMetadata(newMetadata({ dataset: 'X', schema: 'mbo' }));
      const view = new DataView(bytes.buffer);
      view.setUint16(53, 12, true);
      view.setUint32(112, 1, true);
      expect(thrown(() => decodeMetadata(bytes)).message).to.include('it ends at byte 128, inside a field at byte 128');
    });
  });

  it('refuses other versions', () => {
    for (const version of [0, 4, 255]) {
      const error = thrown(() => decodeMetadata(patched(SAMPLE, (view) => view.setUint8(3, version))));
      expect(error.code).to.equal('DBN_VERSION');
      expect(error.message).to.include(`DBN version ${version} cannot be read; versions 1 to 3 can`);
    }
  });

  describe('refuses to write with ENCODE_FAILED', () => {
    const CASES: readonly [name: string, metadata: Metadata, why: string][] = [
      ['dataset-too-long', { ...SAMPLE, dataset: 'ABCDEFGHIJKLMNOP' }, '"dataset" is "ABCDEFGHIJKLMNOP"'],
      ['dataset-not-ascii', { ...SAMPLE, dataset: 'GLÖBX' }, 'ASCII text of at most 15 bytes'],
      ['symbol-too-long', { ...SAMPLE, symbols: ['A'.repeat(71)] }, 'at most 70 bytes'],
      ['symbol-with-nul', { ...SAMPLE, notFound: ['A\0B'] }, '"notFound"'],
      [
        'schema-unknown',
        { ...SAMPLE, schema: 'trade' },
        '"schema" is "trade", expected a name that DBN has a number for',
      ],
      ['stype-unknown', { ...SAMPLE, stypeIn: 'symbol' }, '"stypeIn" is "symbol"'],
      ['width-of-another-version', { ...SAMPLE, version: 1 }, '"symbolCstrLen" is "71", expected 22 in version 1'],
    ];
    for (const [name, metadata, why] of CASES) {
      it(name, () => {
        const error = thrown(() => encodeMetadata(metadata));
        expect(error.code).to.equal('ENCODE_FAILED');
        expect(error.message).to.include(why);
      });
    }
  });
});
