import type { TextBuffer } from './text-buffer.js';

const QUOTE = 0x22;
const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true });

const isPrintable = (byte: number): boolean => byte >= 0x20 && byte <= 0x7e;
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  0x09: '\\t',
  0x0a: '\\n',
  0x0d: '\\r',
  0x22: '\\"',
  0x27: "\\'",
  0x5c: '\\\\',
};

/** A char field as the vendor's csv has it, before quoting: NUL is empty, what cannot be printed is escaped. */
function charText(byte: number): string {
  if (byte === 0) return '';
  return SHORT_ESCAPES[byte] ?? (isPrintable(byte) ? String.fromCharCode(byte) : `\\x${hex(byte, 2)}`);
}

/** The same in json, where the vendor's escapes of an apostrophe and of hex digits would not be valid. */
function charJson(byte: number): string {
  if (byte === 0) return 'null';
  if (byte === 0x27) return `"'"`;
  const escaped = charText(byte).replace(/^\\x/, '\\u00');
  return `"${escaped}"`;
}

/** For each byte what a char field of that value is printed as. */
const everyByte = (print: (byte: number) => string): readonly Uint8Array[] =>
  Array.from({ length: 256 }, (_, byte) => encoder.encode(print(byte)));
export const CSV_CHARS = everyByte((byte) => csvField(charText(byte)));
export const JSON_CHARS = everyByte(charJson);

/** A csv field: quoted only when it has to be. */
export function csvField(text: string): string {
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Prints a cstr field up to its first NUL. One without a NUL, or that is not UTF-8, prints empty, as the vendor does.
 * `format` words what is not plain; plain text is copied, between `quote`s when given.
 */
export function writeCstr(
  out: TextBuffer,
  view: DataView,
  at: number,
  size: number,
  format: (text: string) => string,
  quoted: boolean,
): void {
  let length = 0;
  let plain = true;
  for (; length < size; length++) {
    const byte = view.getUint8(at + length);
    if (byte === 0) break;
    if (!isPrintable(byte) || byte === QUOTE || byte === 0x2c || byte === 0x5c) plain = false;
  }
  if (length === size) length = 0;
  const text = new Uint8Array(view.buffer, view.byteOffset + at, length);
  if (plain || length === 0) {
    if (quoted) out.byte(QUOTE);
    out.raw(text);
    if (quoted) out.byte(QUOTE);
    return;
  }
  out.raw(encoder.encode(format(decodeOrEmpty(text))));
}

function decodeOrEmpty(bytes: Uint8Array): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return '';
  }
}
