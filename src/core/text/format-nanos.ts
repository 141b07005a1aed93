const NS_PER_SECOND = 1_000_000_000n;

/** Nanoseconds since the epoch as `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`. */
export function formatNanos(ns: bigint): string {
  const seconds = ns / NS_PER_SECOND;
  const rest = ns % NS_PER_SECOND;
  const iso = new Date(Number(seconds) * 1000).toISOString();
  return `${iso.slice(0, 19)}.${rest.toString().padStart(9, '0')}Z`;
}
