import { expect } from 'chai';
import { staleDays } from '../../../../src/core/historical/stale-days.js';

const day = (date: string, condition: string, lastModifiedDate: string | null) => ({
  date,
  condition,
  lastModifiedDate,
});

describe('staleDays', () => {
  it('finds the days that changed since they were bought, and says how', () => {
    const recorded = [
      { ...day('2024-01-12', 'degraded', '2024-01-13'), chunk: 3 },
      { ...day('2024-01-10', 'available', '2024-01-11'), chunk: 1 },
      { ...day('2024-01-10', 'available', '2024-01-20'), chunk: 2 },
      { ...day('2024-01-11', 'missing', null), chunk: 1 },
      { ...day('2024-01-13', 'available', '2024-01-14'), chunk: 1 },
      { ...day('2024-01-14', 'available', '2024-01-15'), chunk: 1 },
    ];
    const present = [
      day('2024-01-10', 'available', '2024-01-20'),
      day('2024-01-11', 'available', '2024-02-01'),
      day('2024-01-12', 'available', '2024-01-13'),
      day('2024-01-14', 'available', '2024-01-15'),
      day('2024-01-15', 'available', '2024-01-16'),
    ];
    expect(staleDays(recorded, present)).to.deep.equal([
      { bought: recorded[1], now: present[0] },
      { bought: recorded[3], now: present[1] },
      { bought: recorded[0], now: present[2] },
    ]);
    expect(staleDays([], present)).to.deep.equal([]);
  });
});
