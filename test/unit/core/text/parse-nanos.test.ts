import { expect } from 'chai';
import { isNanosText, parseNanos } from '../../../../src/core/text/parse-nanos.js';
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

  it('refuses everything else, and names the setting', () => {
    for (const text of [
      '',
      'today',
      '2024-02-30',
      '2023-02-29',
      '20240304',
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
