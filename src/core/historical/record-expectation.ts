import { NS_PER_DAY } from '../symbology/utc-day.js';
import type { RangeRequest } from './range-request.js';

const TEN_MINUTES = 600_000_000_000n;

/** Whether metadata.get_record_count is exact for the range: whole multiples of 10 minutes, of days for definitions. */
export function isCountExact({ schema, start, end }: RangeRequest): boolean {
  const step = schema === 'definition' ? NS_PER_DAY : TEN_MINUTES;
  return start % step === 0n && end % step === 0n;
}

/** The records of an answer, given how many the range has. */
export function recordsOf({ limit }: RangeRequest, inRange: number): number {
  return limit !== null && limit < BigInt(inRange) ? Number(limit) : inRange;
}
