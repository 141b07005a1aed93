import { expect } from 'chai';
import fc from 'fast-check';
import { cellsOf } from '../../../../src/core/compile/row-encoder.js';
import { writePriceOf, writeUnsignedOf } from '../../../../src/core/compile/numeric-value.js';
import type { ModelField } from '../../../../src/core/model/model-spec.js';
import { definition, modelOf } from './fixtures.js';

const out = new DataView(new ArrayBuffer(16));

/** As the field of a definition that is a `numeric`. */
function cellOf(name: string, value: bigint): DataView {
  const field = modelOf(definition.model).fields.find((each) => each.name === name) as ModelField;
  return new DataView(cellsOf(field, value).buffer);
}

function numeric(weight: number, sign: number, digits: readonly number[]): DataView {
  const view = new DataView(new ArrayBuffer(8 + digits.length * 2));
  view.setInt16(0, digits.length);
  view.setInt16(2, weight);
  view.setUint16(4, sign);
  digits.forEach((digit, index) => view.setUint16(8 + index * 2, digit));
  return view;
}

const price = (weight: number, digits: readonly number[], sign = 0): bigint | false =>
  writePriceOf(numeric(weight, sign, digits), 0, out, 3) && out.getBigInt64(3, true);
const unsigned = (weight: number, digits: readonly number[], sign = 0): bigint | false =>
  writeUnsignedOf(numeric(weight, sign, digits), 0, out, 3) && out.getBigUint64(3, true);

describe('the value of a numeric', () => {
  it('is the price that the cell was written from', () => {
    const prices = fc.oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }),
      fc.bigInt({ min: -(10n ** 10n), max: 10n ** 10n }),
      fc.bigInt({ min: -99_999n, max: 99_999n }).map((units) => units * 10n ** 9n),
      fc.bigInt({ min: -99_999n, max: 99_999n }).map((units) => units * 10n ** 13n),
    );
    fc.assert(
      fc.property(prices, (value) => {
        expect(writePriceOf(cellOf('strike_price', value), 4, out, 0)).to.equal(true);
        expect(out.getBigInt64(0, true)).to.equal(value);
      }),
      { numRuns: 5000 },
    );
  });

  it('is the u64 that the cell was written from', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        expect(writeUnsignedOf(cellOf('raw_instrument_id', value), 4, out, 0)).to.equal(true);
        expect(out.getBigUint64(0, true)).to.equal(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads what PostgreSQL writes in another way, with zeros that say nothing', () => {
    expect(price(1, [0, 12, 5000, 0])).to.equal(12_500_000_000n);
    expect(price(-1, [0, 0, 1000, 0])).to.equal(1n);
    expect(price(0, [])).to.equal(0n);
    expect(unsigned(0, [])).to.equal(0n);
    expect(unsigned(1, [5, 0])).to.equal(50_000n);
  });

  it('is refused when it is no such number', () => {
    expect(price(0, [], 0xc000), 'NaN').to.equal(false);
    expect(price(0, [], 0xd000), 'Infinity').to.equal(false);
    expect(price(-1, [0, 0, 1100]), 'ten decimals').to.equal(false);
    expect(price(-4, [1]), 'thirteen decimals').to.equal(false);
    expect(price(2, [93, 0, 0]), 'too large').to.equal(false);
    expect(price(100, [1]), 'far too large').to.equal(false);
    expect(price(-100, [1]), 'far too small').to.equal(false);
    expect(
      price(
        9,
        Array.from({ length: 20 }, () => 1),
      ),
      'far too long',
    ).to.equal(false);
    expect(unsigned(0, [1], 0x4000), 'negative').to.equal(false);
    expect(unsigned(-1, [5000]), 'a half').to.equal(false);
    expect(unsigned(0, [], 0xc000), 'NaN').to.equal(false);
  });
});
