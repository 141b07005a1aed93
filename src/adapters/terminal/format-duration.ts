const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const pair = (ms: number, big: number, bigName: string, small: number, smallName: string): string => {
  const whole = Math.round(ms / small) * small;
  const rest = Math.round((whole % big) / small);
  const head = `${Math.floor(whole / big)} ${bigName}`;
  return rest === 0 ? head : `${head} ${rest} ${smallName}`;
};

/** A duration for people, in milliseconds: `340 ms`, `3.4 s`, `31 s`, `1 m 12 s`, `2 h 3 m`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded === 0) return '0 s';
  if (rounded < SECOND) return `${rounded} ms`;
  if (rounded < 9950) return `${Number((rounded / SECOND).toFixed(1))} s`;
  if (rounded < MINUTE - SECOND / 2) return `${Math.round(rounded / SECOND)} s`;
  if (rounded < HOUR - SECOND / 2) return pair(rounded, MINUTE, 'm', SECOND, 's');
  if (rounded < DAY - MINUTE / 2) return pair(rounded, HOUR, 'h', MINUTE, 'm');
  return pair(rounded, DAY, 'd', HOUR, 'h');
}
