import { expect } from 'chai';
import { cellsOf } from '../../../../src/core/compile/row-encoder.js';
import type { ModelField } from '../../../../src/core/model/model-spec.js';
import type { PgType } from '../../../../src/core/model/pg-type.js';
import { cellText } from '../../../../src/core/verify/cell-text.js';

function bytesOf(pgType: PgType, type: ModelField['type'], value: number | bigint | string): Uint8Array {
  const column = { name: 'x', type: pgType, nullable: true, description: '' };
  const field = { name: 'x', type, columns: [column] } as unknown as ModelField;
  return cellsOf(field, value).subarray(4);
}

describe('the text of a cell', () => {
  it('is the number that it holds', () => {
    expect(cellText('smallint', bytesOf('smallint', 'i16', -7))).to.equal('-7');
    expect(cellText('integer', bytesOf('integer', 'i32', 70_000))).to.equal('70000');
    expect(cellText('bigint', bytesOf('bigint', 'i64', 2n ** 62n))).to.equal('4611686018427387904');
  });

  it('is the exact decimal of a numeric', () => {
    const prices: readonly [bigint, string][] = [
      [0n, '0'],
      [5_100_250_000_000n, '5100.25'],
      [-37_630_000_000n, '-37.63'],
      [1n, '0.000000001'],
      [10_000_000_000_000n, '10000'],
      [120_000_000_340_000_000n, '120000000.34'],
    ];
    for (const [price, text] of prices) {
      expect(cellText('numeric', bytesOf('numeric', 'price', price))).to.equal(text);
    }
  });

  it('is the time to the microsecond, or a number where no calendar reaches', () => {
    const cells = bytesOf('timestamptz', 'timestamp', 1_709_510_400_123_456_789n);
    expect(cellText('timestamptz', cells.subarray(0, 8))).to.equal('2024-03-04T00:00:00.123456Z');
    const far = Buffer.alloc(8);
    far.writeBigInt64BE(2n ** 62n);
    expect(cellText('timestamptz', far)).to.equal('4612632703227387904 microseconds since 1970');
  });

  it('is the text itself, and null for NULL', () => {
    expect(cellText('text', Buffer.from('ESH4'))).to.equal('ESH4');
    expect(cellText('"char"', Buffer.from('B'))).to.equal('B');
    expect(cellText('text', null)).to.equal(null);
  });
});
