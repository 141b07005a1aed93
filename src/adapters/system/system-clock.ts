import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock/clock.js';

/** The clock and the memory of this process. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  // Node reports kilobytes.
  peakRssBytes: () => process.resourceUsage().maxRSS * 1024,
  uuid: () => randomUUID(),
};
