import { displayWidth } from './display-width.js';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The longest beginning that fits into `width` columns, never through a character as people see it. */
function head(characters: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (const character of characters) {
    used += displayWidth(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

function tail(characters: readonly string[], width: number): string {
  let taken = '';
  let used = 0;
  for (let i = characters.length - 1; i >= 0; i--) {
    const character = characters[i] ?? '';
    used += displayWidth(character);
    if (used > width) break;
    taken = character + taken;
  }
  return taken;
}

const split = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment);

/**
 * Shortens text to `width` columns by leaving out its middle: both the folder and the end of a file name stay
 * readable. For text without colours.
 */
export function truncateMiddle(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room <= 0) return head(split(ellipsis), Math.max(0, width));
  const characters = split(text);
  const end = tail(characters, Math.ceil(room * 0.6));
  return head(characters, room - displayWidth(end)) + ellipsis + end;
}

/** Shortens text to `width` columns by leaving out its end. For text without colours. */
export function truncateEnd(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text;
  const room = width - displayWidth(ellipsis);
  if (room <= 0) return head(split(ellipsis), Math.max(0, width));
  return head(split(text), room) + ellipsis;
}
