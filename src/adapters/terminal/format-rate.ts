import { formatBytes } from './format-bytes.js';
import { formatCount } from './format-count.js';

/** Three digits are as exact as a rate ever is, and they hold still. */
const threeDigits = (value: number): number => (value === 0 ? 0 : Number(value.toPrecision(3)));

/** Records per second: `1,230,000 records/s`; below ten with one decimal. */
export function formatRecordRate(perSecond: number): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return '0 records/s';
  const value = threeDigits(perSecond);
  return value < 10 ? `${Number(value.toFixed(1))} records/s` : `${formatCount(value)} records/s`;
}

/** Bytes per second: `210 MiB/s`. */
export function formatByteRate(perSecond: number): string {
  return `${formatBytes(Number.isFinite(perSecond) ? Math.max(0, perSecond) : 0)}/s`;
}
