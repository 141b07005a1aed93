import { expect } from 'chai';
import { parseNanos } from '../../../../src/core/text/parse-nanos.js';
import { writtenTime } from '../../../../src/core/text/written-time.js';

describe('writtenTime', () => {
  for (const text of [
    '2024-03-04',
    '2024-03-04T14:00:00Z',
    '2024-03-04T00:00:10Z',
    '2024-03-04T00:00:00.5Z',
    '2024-03-04T00:00:00.000000001Z',
    '1970-01-01',
  ]) {
    it(`prints ${text} as the settings take it, without what is zero`, () => {
      expect(writtenTime(parseNanos('start', text))).to.equal(text);
    });
  }
});
