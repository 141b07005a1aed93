import { expect } from 'chai';
import fc from 'fast-check';
import { TextBuffer } from '../../../../../src/core/dbn/text/text-buffer.js';

const MAX_U64 = 2n ** 64n - 1n;
const high = (value: bigint): number => Number(BigInt.asUintN(64, value) >> 32n);
const low = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** What the buffer prints for each number is what `expected` says. */
function holds<T>(
  numbers: fc.Arbitrary<T>,
  write: (buffer: TextBuffer, value: T) => void,
  expected: (value: T) => string,
): void {
  fc.assert(
    fc.property(numbers, (value) => {
      expect(printed((buffer) => write(buffer, value))).to.equal(expected(value));
    }),
  );
}

function printed(write: (buffer: TextBuffer) => void): string {
  const buffer = new TextBuffer();
  write(buffer);
  return Buffer.from(buffer.bytes.subarray(0, buffer.length)).toString();
}

const u64 = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX_U64 }),
  fc.constantFrom(0n, 999_999_999n, 10n ** 9n, 2n ** 32n, MAX_U64),
);
const i64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, -(10n ** 9n), -(2n ** 32n), -(2n ** 63n), 2n ** 63n - 1n),
);

/** The same by the plainest means. */
function priceText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(10, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}

/** The same by the plainest means. */
function timeText(value: bigint): string {
  const seconds = new Date(Number(value / 10n ** 9n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(value % 10n ** 9n).padStart(9, '0')}Z`;
}

describe('the text buffer', () => {
  it('prints unsigned 64-bit numbers from their halves', () => {
    holds(u64, (buffer, value) => buffer.uint64(high(value), low(value)), String);
  });

  it('prints signed 64-bit numbers from their halves', () => {
    holds(i64, (buffer, value) => buffer.int64(high(value), low(value)), String);
  });

  it('prints prices with nine decimals, whatever their sign and size', () => {
    holds(i64, (buffer, value) => buffer.price(high(value), low(value)), priceText);
    expect(printed((buffer) => buffer.price(high(-100_000n), low(-100_000n)))).to.equal('-0.000100000');
  });

  it('prints times with nine decimals up to the year 2554', () => {
    holds(u64, (buffer, value) => buffer.timestamp(high(value), low(value)), timeText);
  });

  it('prints small numbers of either sign', () => {
    holds(fc.integer(), (buffer, value) => buffer.int(value), String);
    holds(fc.maxSafeNat(), (buffer, value) => buffer.uint(value), String);
  });

  it('keeps what it has when it grows', () => {
    const buffer = new TextBuffer(4);
    for (let value = 0; value < 100; value++) {
      buffer.reserve(3);
      buffer.uint(value);
    }
    expect(Buffer.from(buffer.bytes.subarray(0, 10)).toString()).to.equal('0123456789');
    expect(buffer.length).to.equal(190);
  });
});
