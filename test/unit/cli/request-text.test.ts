import { expect } from 'chai';
import { timeText } from '../../../src/cli/tables/request-text.js';

describe('timeText', () => {
  it('leaves out what is zero at the end of a time', () => {
    for (const [time, shown] of [
      ['2024-03-04T00:00:00.000000000Z', '2024-03-04'],
      ['2024-03-04T00:00:00Z', '2024-03-04'],
      ['2024-03-04T14:30:00.000000000Z', '2024-03-04T14:30:00Z'],
      ['2024-03-04T14:30:00Z', '2024-03-04T14:30:00Z'],
      ['2024-03-04T00:00:00.050000000Z', '2024-03-04T00:00:00.05Z'],
      ['2024-03-04T00:00:00.000000001Z', '2024-03-04T00:00:00.000000001Z'],
    ] as const) {
      expect(timeText(time)).to.equal(shown);
    }
  });
});
