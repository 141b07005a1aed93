const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

export interface BytesText {
  readonly number: string;
  readonly unit: string;
}

/** Number and unit apart, so that two sizes can share one unit (`1.2 of 1.9 GiB`); `like` sets the unit. */
export function splitBytes(bytes: number, like = bytes): BytesText {
  let divisor = 1;
  let unit = 'B';
  for (const next of UNITS) {
    // 1023.5 KiB would be printed as "1024 KiB"
    if (like / divisor < 1023.5) break;
    divisor *= 1024;
    unit = next;
  }
  if (unit === 'B') return { number: String(Math.round(bytes)), unit };
  const value = bytes / divisor;
  return { number: value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2), unit };
}

/** A size in IEC units with three digits: `512 B`, `1.87 GiB`, `312 MiB`. */
export function formatBytes(bytes: number): string {
  const { number, unit } = splitBytes(bytes);
  return `${number} ${unit}`;
}
