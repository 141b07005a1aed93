import { displayWidth } from './display-width.js';

/** Fills up with spaces on the right to `width` columns; longer text stays as it is. */
export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** Fills up with spaces on the left to `width` columns; longer text stays as it is. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}
