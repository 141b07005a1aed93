import { expect } from 'chai';
import { isNanosText, parseMoment, parseNanos } from '../../../../src/core/text/parse-nanos.js';
import { thrown } from '../../../support/thrown.js';

describe('parseNanos', () => {
  it('reads days, times and nanoseconds, all in UTC', () => {
    const monday = 1_709_510_400_000_000_000n;
    for (const [text, nanos] of [
      ['2024-03-04', monday],
      ['2024-03-04T00:00', monday],
      ['2024-03-04T00:00:01Z', monday + 1_000_000_000n],
      ['2024-03-04 00:00:00.5', monday + 500_000_000n],
      ['2024-03-04T00:00:00.000000001+00:00', monday + 1n],
      ['1709510400000000001', monday + 1n],
      ['0', 0n],
      ['1970-01-01', 0n],
      ['18446744073709551614', 2n ** 64n - 2n],
    ] as const) {
      expect(parseNanos('start', text), text).to.equal(nanos);
    }
  });

  it('takes what is left out for its beginning, and knows where it ends', () => {
    for (const [text, start, end] of [
      ['2024', '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z'],
      ['2024-03', '2024-03-01T00:00:00Z', '2024-04-01T00:00:00Z'],
      ['2024-12', '2024-12-01T00:00:00Z', '2025-01-01T00:00:00Z'],
      ['2024-02-29', '2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'],
      ['2024-03-10T01', '2024-03-10T01:00:00Z', '2024-03-10T02:00:00Z'],
      ['2024-03-10T23', '2024-03-10T23:00:00Z', '2024-03-11T00:00:00Z'],
      ['2024-03-10T00:01Z', '2024-03-10T00:01:00Z', '2024-03-10T00:02:00Z'],
      ['2024-03-10T00:01:02', '2024-03-10T00:01:02Z', null],
      ['2024-03-10T00:01:02.5Z', '2024-03-10T00:01:02.5Z', null],
    ] as const) {
      const nanos = (iso: string): bigint => BigInt(Date.parse(iso)) * 1_000_000n;
      expect(parseMoment('start', text), text).to.deep.equal({
        start: nanos(start),
        end: end === null ? null : nanos(end),
      });
    }
    expect(parseMoment('start', '1709510400000000001')).to.deep.equal({ start: 1_709_510_400_000_000_001n, end: null });
  });

  it('refuses everything else, and names the setting', () => {
    for (const text of [
      '',
      'today',
      '2024-02-30',
      '2023-02-29',
      '20240304',
      '2024-13',
      '2024-3',
      '2024-03-04T1',
      '0050',
      '1950',
      '2024-03-04T24:00:00',
      '2024-03-04T00:00:60',
      '2024-03-04T00:00:00.0000000001',
      '2024-03-04T00:00:00+01:00',
      '-1',
      '1969-12-31',
      '2600-01-01',
      '18446744073709551615',
      '99999999999999999999',
    ]) {
      expect(isNanosText(text), text).to.equal(false);
      const error = thrown(() => parseNanos('end', text));
      expect(error).to.include({ code: 'USAGE' });
      expect(error.message).to.match(/^end is "/);
    }
  });
});
