/**
 * What a terminal obeys instead of showing: C0 and C1 controls, DEL, line and paragraph separators, the marks that
 * turn the direction of text, and halves of surrogate pairs.
 */
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const escaped = (character: string): string => {
  const code = character.charCodeAt(0);
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/**
 * Makes text from outside (file names, symbols, server messages) harmless for a terminal: whatever would move the
 * cursor, colour, ring, reorder or break the line is spelled out (`\x1b`, `\n`, `\u202e`). The result is one line.
 */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, escaped);
}

/** Like {@link sanitize}, but line breaks are kept: the lines of the text, each harmless. */
export function sanitizeLines(text: string): string[] {
  return text.split(/\r?\n/).map(sanitize);
}
