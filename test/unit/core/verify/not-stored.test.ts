import { expect } from 'chai';
import { encodeRecord, fieldOf, layoutNamed, type RecordLayout } from '../../../../src/core/dbn/index.js';
import { NotStoredCount } from '../../../../src/core/verify/not-stored.js';
import type { NotStored } from '../../../../src/core/verify/verify-report.js';
import { batchOf } from '../../../../src/testing/index.js';

const RTYPE = 0x13;
const definition = layoutNamed('definition', 1) as RecordLayout;

function found(records: readonly Uint8Array[], more: { rtype?: number; tsOut?: boolean } = {}): NotStored {
  const count = new NotStoredCount(definition, RTYPE);
  count.look(batchOf(records, { layout: definition, version: 1, rtype: RTYPE, ...more }));
  return count.found;
}

/** A definition with a byte set at some place of a field. */
function definitionWith(field: string | null, at = 0): Uint8Array {
  const record = encodeRecord(definition, { rtype: RTYPE, raw_symbol: 'ESH4' });
  if (field !== null) record[fieldOf(definition, field).offset + at] = 65;
  return record;
}

const NOTHING = { reserved_bytes: 0, text_after_nul: 0, ts_out: 0, bytes_beyond_struct: 0, other_rtype: 0 };

describe('what is not stored', () => {
  it('is nothing, for a record as the vendor writes it', () => {
    expect(found([definitionWith(null), definitionWith('currency')])).to.deep.equal(NOTHING);
  });

  it('is what stands in reserved bytes, in any of them', () => {
    expect(found([definitionWith('_reserved2', 3), definitionWith('_reserved3'), definitionWith(null)])).to.deep.equal({
      ...NOTHING,
      reserved_bytes: 2,
    });
  });

  it('is text after the first NUL', () => {
    expect(found([definitionWith('raw_symbol', 6)])).to.deep.equal({ ...NOTHING, text_after_nul: 1 });
  });

  it('is a trailer with the send time', () => {
    const record = encodeRecord(definition, { rtype: RTYPE }, { tsOut: 5n });
    expect(found([record], { tsOut: true })).to.deep.equal({ ...NOTHING, ts_out: 1 });
  });

  it('is what a record has beyond its struct', () => {
    const record = Buffer.concat([definitionWith(null), Buffer.alloc(8)]);
    record[0] = record.length / 4;
    expect(found([record])).to.deep.equal({ ...NOTHING, bytes_beyond_struct: 1 });
  });

  it('is another rtype', () => {
    expect(found([definitionWith(null)], { rtype: 0x14 })).to.deep.equal({ ...NOTHING, other_rtype: 1 });
  });

  it('is not looked for in a record that is too short', () => {
    const record = definitionWith('_reserved2').slice(0, 40);
    record[0] = 10;
    expect(found([record])).to.deep.equal(NOTHING);
  });
});
