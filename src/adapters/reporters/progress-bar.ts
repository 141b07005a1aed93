import type { Style } from '../terminal/style.js';

/**
 * One bar of `width` columns: heavy for what is done, light for what is left, so that it reads without colour too.
 */
export function progressBar(share: number, width: number, style: Style, unicode: boolean): string {
  const done = Math.min(1, Math.max(0, share)) * width;
  const whole = Math.floor(done);
  if (!unicode) {
    return style.cyan('#'.repeat(whole)) + style.dim('.'.repeat(width - whole));
  }
  const half = done - whole >= 0.5 ? 1 : 0;
  return style.cyan('━'.repeat(whole) + '╸'.repeat(half)) + style.dim('─'.repeat(width - whole - half));
}
