import { formatDuration } from './format-duration.js';

/** Coarser the further away, so that the figure does not flicker. */
const step = (ms: number): number => {
  if (ms < 60_000) return 1000;
  if (ms < 600_000) return 5000;
  if (ms < 3_600_000) return 60_000;
  return 600_000;
};

/** Time that is left, in milliseconds: `22 s left`, `3 m 25 s left`; `null` (not known yet) is `– left`. */
export function formatEta(ms: number | null, unicode = true): string {
  if (ms === null || !Number.isFinite(ms)) return unicode ? '– left' : '- left';
  const unit = step(ms);
  return `${formatDuration(Math.ceil(ms / unit) * unit)} left`;
}
