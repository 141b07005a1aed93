import { expect } from 'chai';
import { formatBytes, splitBytes } from '../../../../src/adapters/terminal/format-bytes.js';
import { formatCount } from '../../../../src/adapters/terminal/format-count.js';
import { formatDuration } from '../../../../src/adapters/terminal/format-duration.js';
import { formatEta } from '../../../../src/adapters/terminal/format-eta.js';
import { formatPercent } from '../../../../src/adapters/terminal/format-percent.js';
import { formatByteRate, formatRecordRate } from '../../../../src/adapters/terminal/format-rate.js';
import { formatUsd } from '../../../../src/adapters/terminal/format-usd.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function table<T>(format: (value: T) => string, rows: readonly (readonly [T, string])[]): void {
  for (const [value, text] of rows) {
    it(`${String(value)} is "${text}"`, () => expect(format(value)).to.equal(text));
  }
}

describe('a count', () => {
  table<number | bigint>(formatCount, [
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [12_345_678, '12,345,678'],
    [-1234, '-1,234'],
    [-123, '-123'],
    [1.6, '2'],
    [18_446_744_073_709_551_615n, '18,446,744,073,709,551,615'],
  ]);
});

describe('a size in bytes', () => {
  table(formatBytes, [
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [10_235, '10.0 KiB'],
    [1_048_575, '1.00 MiB'],
    [327_155_712, '312 MiB'],
    [2_007_887_770, '1.87 GiB'],
    [5e12, '4.55 TiB'],
    [5e18, '4441 PiB'],
  ]);

  it('takes the unit of another size, so that both stand in one', () => {
    expect(splitBytes(52_428_800, 2 * 1024 ** 3)).to.deep.equal({ number: '0.05', unit: 'GiB' });
  });
});

describe('a duration', () => {
  table(formatDuration, [
    [-5, '0 s'],
    [0, '0 s'],
    [340, '340 ms'],
    [999.7, '1 s'],
    [3000, '3 s'],
    [3449, '3.4 s'],
    [9949, '9.9 s'],
    [9951, '10 s'],
    [31_400, '31 s'],
    [59_499, '59 s'],
    [59_500, '1 m'],
    [72_000, '1 m 12 s'],
    [HOUR - 400, '1 h'],
    [2 * HOUR + 3 * MINUTE, '2 h 3 m'],
    [DAY - 1000, '1 d'],
    [3 * DAY + 4 * HOUR, '3 d 4 h'],
  ]);
});

describe('the time that is left', () => {
  table<number | null>(formatEta, [
    [null, '– left'],
    [Infinity, '– left'],
    [0, '0 s left'],
    [21_300, '22 s left'],
    [201_000, '3 m 25 s left'],
    [11 * MINUTE + 1, '12 m left'],
    [3 * HOUR + MINUTE, '3 h 10 m left'],
  ]);

  it('needs no characters beyond ASCII', () => expect(formatEta(null, false)).to.equal('- left'));
});

describe('a rate', () => {
  table(formatRecordRate, [
    [0, '0 records/s'],
    [-1, '0 records/s'],
    [NaN, '0 records/s'],
    [0.44, '0.4 records/s'],
    [12.34, '12 records/s'],
    [1_234_567, '1,230,000 records/s'],
  ]);
  table(formatByteRate, [
    [0, '0 B/s'],
    [Infinity, '0 B/s'],
    [220_200_960, '210 MiB/s'],
  ]);
});

describe('a share in per cent', () => {
  table(formatPercent, [
    [-1, '0 %'],
    [0.29, '29 %'],
    [0.999, '99 %'],
    [1, '100 %'],
    [2, '100 %'],
  ]);
});

describe('an amount in dollars', () => {
  table(formatUsd, [
    [0, '$0.00'],
    [0.0031, '$0.0031'],
    [0.000_284, '$0.00028'],
    [0.000_000_000_4, '$0.00000000040'],
    [0.000_000_000_001, '$0.000000000001'],
    [12.4, '$12.40'],
    [12_345.678, '$12,345.68'],
  ]);
});
