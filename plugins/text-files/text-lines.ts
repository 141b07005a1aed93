import { lineError } from './line-error.js';

/** Far beyond every line of market data: what is longer is no text of lines. */
const LONGEST_LINE = 1 << 20;

/** A line, counted from 1, without its line feed. */
export interface TextLine {
  readonly line: number;
  readonly text: string;
}

/**
 * The lines of a UTF-8 text, in lists as they come. A byte order mark is left out.
 * @throws LINE_INVALID for what is not UTF-8, and for a line of more than a million characters
 */
export async function* textLines(
  source: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly TextLine[], void, undefined> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 1;
  const decode = (piece?: Uint8Array): string => {
    try {
      return piece === undefined ? utf8.decode() : utf8.decode(piece, { stream: true });
    } catch {
      throw lineError({ source, line }, 'at or behind it is a byte that is not UTF-8', 'Convert the file to UTF-8.');
    }
  };
  for await (const piece of bytes) {
    const texts = (rest + decode(piece)).split('\n');
    rest = texts.pop() ?? '';
    if (texts.length > 0) yield texts.map((text, index) => ({ line: line + index, text }));
    line += texts.length;
    if (rest.length > LONGEST_LINE) {
      throw lineError(
        { source, line },
        `is longer than ${LONGEST_LINE} characters`,
        'Check that it is a text of lines.',
      );
    }
  }
  rest += decode();
  if (rest !== '') yield [{ line, text: rest }];
}
