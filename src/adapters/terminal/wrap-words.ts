import { displayWidth } from './display-width.js';
import { truncateEnd } from './truncate.js';

/**
 * Breaks text into lines of at most `width` columns, at spaces where it can. A word that is wider than a line is cut
 * through. For text without colours; `width` infinite gives one line.
 */
export function wrapWords(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (displayWidth(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    while (displayWidth(word) > width) {
      const piece = truncateEnd(word, width, '');
      if (piece === '') break;
      lines.push(piece);
      word = word.slice(piece.length);
    }
    line = word;
  }
  if (line !== '') lines.push(line);
  return lines;
}
