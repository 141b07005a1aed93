import { expect } from 'chai';
import fc from 'fast-check';
import { formatNanos } from '../../../../src/core/text/format-nanos.js';
import { parseDecimal } from '../../../../src/core/text/parse-decimal.js';
import { parseTimestamp } from '../../../../src/core/text/parse-timestamp.js';

describe('parseDecimal', () => {
  for (const [text, decimals, value] of [
    ['12.5', 9, 12_500_000_000n],
    ['-0.000000001', 9, -1n],
    ['+.5', 1, 5n],
    ['5.', 0, 5n],
    ['1.50', 1, 15n],
    ['1.5e-3', 9, 1_500_000n],
    ['9007199254740993', 0, 9_007_199_254_740_993n],
    ['-9223372036854775808', 0, -(2n ** 63n)],
    ['123456789012345', 9, 123_456_789_012_345_000_000_000n],
    ['.5', 9, 500_000_000n],
    ['-', 9, undefined],
    ['1.2.3', 9, undefined],
    ['1-', 9, undefined],
    ['100', -2, 1n],
    ['101', -2, undefined],
    ['0.25', 1, undefined],
    ['1e100', 9, undefined],
    ['', 9, undefined],
    ['.', 9, undefined],
    ['1,5', 9, undefined],
    ['0x10', 9, undefined],
    ['1'.repeat(61), 0, undefined],
  ] as const) {
    it(`takes "${text.slice(0, 20)}" with ${decimals} decimals for ${String(value)}`, () => {
      expect(parseDecimal(text, decimals)).to.equal(value);
    });
  }

  it('gives back every price that it is given as text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (price) => {
        const digits = (price < 0n ? -price : price).toString().padStart(10, '0');
        const text = `${price < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
        return parseDecimal(text, 9) === price;
      }),
    );
  });
});

describe('parseTimestamp', () => {
  for (const [text, unit, value] of [
    ['2024-01-09T14:30:00.123456789Z', 'iso', 1_704_810_600_123_456_789n],
    ['2024-01-09 14:30', 'iso', 1_704_810_600_000_000_000n],
    ['2024-01-09', 'iso', 1_704_758_400_000_000_000n],
    ['2024-01-09T14:30:00.500+05:30', 'iso', 1_704_790_800_500_000_000n],
    ['2024-01-09T14:30:00-0500', 'iso', 1_704_828_600_000_000_000n],
    ['2024-02-29T00:00:00Z', 'iso', 1_709_164_800_000_000_000n],
    ['0050-01-01T00:00:00Z', 'iso', -60_589_296_000_000_000_000n],
    ['2024-01-09T14:30:00.1234567890Z', 'iso', 1_704_810_600_123_456_789n],
    ['2024-02-30', 'iso', undefined],
    ['2023-02-29T00:00:00Z', 'iso', undefined],
    ['2024-04-31T00:00:00Z', 'iso', undefined],
    ['2024-13-01T00:00:00Z', 'iso', undefined],
    ['2024-01-00T00:00:00Z', 'iso', undefined],
    ['2024-01-09T24:00:00Z', 'iso', undefined],
    ['2024-01-09T14:30:60Z', 'iso', undefined],
    ['2024-01-09T14:3x:00Z', 'iso', undefined],
    ['2024-01-09T14:30:00.Z', 'iso', undefined],
    ['2024-01-09T14:30:00,,5Z', 'iso', undefined],
    ['2024/01/09T14:30:00Z', 'iso', undefined],
    ['2024-01-09T24:00', 'iso', undefined],
    ['2024-01-09T14:30:00+24:00', 'iso', undefined],
    ['1704810600', 'iso', undefined],
    ['1704810600.5', 's', 1_704_810_600_500_000_000n],
    ['1704810600123', 'ms', 1_704_810_600_123_000_000n],
    ['1704810600123456', 'us', 1_704_810_600_123_456_000n],
    ['1704810600123456789', 'ns', 1_704_810_600_123_456_789n],
    ['1.5', 'ns', undefined],
  ] as const) {
    it(`takes "${text}" as ${unit} for ${String(value)}`, () => {
      expect(parseTimestamp(text, unit)).to.equal(value);
    });
  }

  it('gives back every time that it is given as text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), fc.integer({ min: 0, max: 9 }), (time, kept) => {
        const unit = 10n ** BigInt(9 - kept);
        const nanos = (time / unit) * unit;
        const text = formatNanos(nanos);
        const shortened = text.replace(/\.(\d{9})Z$/, (_, decimals: string) =>
          kept === 0 ? 'Z' : `.${decimals.slice(0, kept)}Z`,
        );
        expect(parseTimestamp(text, 'iso'), text).to.equal(nanos);
        expect(parseTimestamp(shortened, 'iso'), shortened).to.equal(nanos);
      }),
    );
  });
});
