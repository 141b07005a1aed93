import { lineError } from './line-error.js';
import type { ReadRows, TextRow } from './mapped-records.js';
import type { Mapping } from './mapping.js';
import { textLines, type TextLine } from './text-lines.js';

const QUOTE = '"';
/** Lines that one quoted cell may reach over. */
const MOST_LINES = 10_000;

/**
 * Reads delimited text as RFC 4180 has it: cells may be quoted, a quote in them is doubled, and they may hold line
 * breaks. Without a line of names columns are called by their number, from 1.
 * @throws LINE_INVALID
 */
export function csvRows({ columns, delimiter, header }: Mapping): ReadRows {
  return async function* (source, bytes) {
    let wanted = header ? null : columns.map((name) => Number(name) - 1);
    let width = -1;
    let open: TextLine | null = null;
    let lines = 0;
    for await (const list of textLines(source, bytes)) {
      const rows: TextRow[] = [];
      for (const next of list) {
        lines = open === null ? 1 : lines + 1;
        const whole: TextLine = open === null ? next : { line: open.line, text: `${open.text}\n${next.text}` };
        const text = whole.text.endsWith('\r') ? whole.text.slice(0, -1) : whole.text;
        if (text === '') continue;
        const place = { source, line: whole.line };
        const cells = cellsOf(text, delimiter);
        if (cells === 'misquoted') {
          throw lineError(place, 'has something behind a closing quote', 'Double quotes inside of quoted cells.');
        }
        open = cells === 'open' ? whole : null;
        if (cells === 'open') {
          if (lines > MOST_LINES) throw unclosed(source, whole);
          continue;
        }
        if (wanted === null) {
          wanted = columns.map((name) => columnNamed(source, name, cells));
          width = cells.length;
          continue;
        }
        if (width === -1) width = cells.length;
        if (cells.length !== width) {
          const hint = 'Check the line, and that the delimiter is the right one.';
          throw lineError(place, `has ${cells.length} cells, expected ${width}`, hint);
        }
        rows.push({ line: whole.line, cells: wanted.map((index) => cells[index] ?? null) });
      }
      yield rows;
    }
    if (open !== null) throw unclosed(source, open);
  };
}

function columnNamed(source: string, name: string, names: readonly string[]): number {
  const index = names.findIndex((each) => each.trim() === name);
  if (index !== -1) return index;
  const known = names.map((each) => `"${each.trim()}"`).join(', ');
  throw lineError(
    { source, line: 1 },
    `names no column "${name}"; there are ${known}`,
    'Correct the mapping of columns.',
  );
}

function unclosed(source: string, { line }: TextLine): Error {
  return lineError({ source, line }, 'opens a quote that is never closed', 'Close the quote, or double it.');
}

/** The cells of a record; `open` when a quoted one goes on in the next line. */
function cellsOf(text: string, delimiter: string): string[] | 'open' | 'misquoted' {
  if (!text.includes(QUOTE)) return text.split(delimiter);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] !== QUOTE) {
      const end = text.indexOf(delimiter, at);
      cells.push(end === -1 ? text.slice(at) : text.slice(at, end));
      if (end === -1) return cells;
      at = end + 1;
      continue;
    }
    let cell = '';
    for (at += 1; ;) {
      const close = text.indexOf(QUOTE, at);
      if (close === -1) return 'open';
      cell += text.slice(at, close);
      at = close + 1;
      if (text[at] !== QUOTE) break;
      cell += QUOTE;
      at += 1;
    }
    cells.push(cell);
    if (at === text.length) return cells;
    if (text[at] !== delimiter) return 'misquoted';
    at += 1;
  }
}
