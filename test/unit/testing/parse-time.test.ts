import { expect } from 'chai';
import { dayOfDate, parseTime } from '../../../src/testing/gateway/dates.js';

const nanos = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

describe('times as the stand-in gateway reads them', () => {
  const filled: [string, string, string | null][] = [
    ['2024', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2024-03', '2024-03-01T00:00:00Z', '2024-04-01T00:00:00Z'],
    ['2024-12', '2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z'],
    ['2024-03-10', '2024-03-10T00:00:00Z', '2024-03-11T00:00:00Z'],
    ['2024-03-10T01', '2024-03-10T01:00:00Z', '2024-03-10T02:00:00Z'],
    ['2024-03-10T00:01', '2024-03-10T00:01:00Z', '2024-03-10T00:02:00Z'],
    ['2024-03-10T23:59Z', '2024-03-10T23:59:00Z', '2024-03-11T00:00:00Z'],
    ['2024-03-10T00:00-05:00', '2024-03-10T05:00:00Z', '2024-03-10T05:01:00Z'],
    ['2024-03-10T00:00:01', '2024-03-10T00:00:01Z', null],
    ['2024-03-10 00:00:01+00:00', '2024-03-10T00:00:01Z', null],
    ['1710028801000000000', '2024-03-10T00:00:01Z', null],
  ];
  for (const [text, time, end] of filled) {
    it(`take ${text} for ${time}${end === null ? ', without an end of its own' : ` up to ${end}`}`, () => {
      expect(parseTime(text)).to.deep.equal({ nanos: nanos(time), forwardFilled: end === null ? null : nanos(end) });
    });
  }

  it('keep nine decimals', () => {
    expect(parseTime('2024-03-10T00:00:00.000000001Z')?.nanos).to.equal(nanos('2024-03-10') + 1n);
    expect(parseTime('2024-03-10T00:00:00.5')?.nanos).to.equal(nanos('2024-03-10') + 500_000_000n);
  });

  for (const text of [
    '',
    'today',
    '2024-2-1',
    '2024-02-30',
    '2024-13',
    '2024-01-01T24:00',
    '1969',
    '-5',
    '2024-01-01T00:00:00.',
    '18446744073709551615',
  ]) {
    it(`refuse "${text}"`, () => {
      expect(parseTime(text)).to.equal(undefined);
    });
  }

  it('count days from 1970 and refuse what is no date', () => {
    expect(dayOfDate('1970-01-02')).to.equal(1);
    for (const date of ['2024-02-30', '20240101', '2024-01-01T00:00:00Z'])
      expect(() => dayOfDate(date)).to.throw('no date');
  });
});
