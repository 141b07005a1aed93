import { sanitize } from '../../terminal/sanitize.js';

const MOST_CHARACTERS = 500;
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  amp: '&',
};

/**
 * A text from the service as one short, harmless line: tags, scripts and comments of HTML taken out, white space
 * collapsed, control characters spelled out, cut at 500 characters.
 */
export function plainText(text: string): string {
  const words = (looksLikeHtml(text) ? withoutTags(text) : text).replace(/\s+/g, ' ').trim();
  const line = sanitize(words);
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS).trimEnd()}…` : line;
}

const looksLikeHtml = (text: string): boolean => /<(!doctype|html|head|body|title|h\d|p|div|center)\b/i.test(text);

function withoutTags(html: string): string {
  return html
    .replace(/<!--[\s\S]*?-->/g, ' ')
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
    .replace(/<[^>]*(>|$)/g, ' ')
    .replace(/&(#x?)?([a-z\d]+);/gi, (entity, number: string | undefined, name: string) =>
      number === undefined ? (NAMED_ENTITIES[name.toLowerCase()] ?? entity) : character(number, name, entity),
    );
}

function character(prefix: string, digits: string, entity: string): string {
  const code = Number.parseInt(digits, prefix.length === 2 ? 16 : 10);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity;
}
