import { formatNanos } from './format-nanos.js';

/**
 * Nanoseconds since the epoch as a person writes them, and as the settings take them: a day where it is midnight, and no
 * decimals that are zero: `2024-03-04`, `2024-03-04T14:30:00Z`, `2024-03-04T14:30:00.5Z`.
 */
export function writtenTime(ns: bigint): string {
  return formatNanos(ns)
    .replace('T00:00:00.000000000Z', '')
    .replace(/\.?0+Z$/, 'Z');
}
