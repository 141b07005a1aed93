import { expect } from 'chai';
import { formatNanos } from '../../../../src/core/text/format-nanos.js';

describe('formatNanos', () => {
  it('prints nine decimals', () => {
    expect(formatNanos(0n)).to.equal('1970-01-01T00:00:00.000000000Z');
    expect(formatNanos(1_609_160_400_098_821_953n)).to.equal('2020-12-28T13:00:00.098821953Z');
  });

  it('reaches the end of the unsigned 64-bit range', () => {
    expect(formatNanos(18_446_744_073_709_551_615n)).to.equal('2554-07-21T23:34:33.709551615Z');
  });
});
