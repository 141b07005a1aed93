import { displayWidth } from './display-width.js';
import { padLeft, padRight } from './pad.js';
import { sanitize } from './sanitize.js';
import { styleFor, type Style } from './style.js';
import type { TextLayout } from './text-layout.js';
import { truncateEnd, truncateMiddle } from './truncate.js';
import { counted } from '../../core/text/counted.js';

export type Cell = string | number | bigint | boolean | null | undefined;

export interface TableColumn {
  readonly header: string;
  /** Numbers stand to the right; default `left`. */
  readonly align?: 'left' | 'right';
  /** What is left out of a value that does not fit: its end (default), or the middle, as befits paths. */
  readonly cut?: 'end' | 'middle';
}

export interface TableLayout extends TextLayout {
  /** What stands for a missing value; default nothing. */
  readonly nullText?: string;
}

const GAP = 2;
/** A column is not made narrower than this; columns that do not fit then are left out and counted. */
const NARROWEST = 8;

/**
 * Rows as a table with a header: cut to the terminal's width, or whole when there is none (`columns` undefined).
 * Cells are made harmless for a terminal. Ends with a newline.
 */
export function renderTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly Cell[])[],
  layout: TableLayout,
): string {
  const writer = new TableWriter(columns, layout, rows);
  return writer.header() + writer.rows(rows) + writer.footer();
}

/**
 * The same for rows that come in batches: the first batch sets the widths, so that memory stays bounded. Later values
 * that are wider are cut on a terminal and stand out when there is none.
 */
export async function* renderTableBatches(
  columns: readonly TableColumn[],
  batches: AsyncIterable<readonly (readonly Cell[])[]>,
  layout: TableLayout,
): AsyncGenerator<string, void, undefined> {
  let writer: TableWriter | undefined;
  for await (const rows of batches) {
    if (rows.length === 0) continue;
    if (writer === undefined) {
      writer = new TableWriter(columns, layout, rows);
      yield writer.header();
    }
    yield writer.rows(rows);
  }
  if (writer === undefined) yield renderTable(columns, [], layout);
  else if (writer.footer() !== '') yield writer.footer();
}

class TableWriter {
  readonly #columns: readonly TableColumn[];
  readonly #layout: TableLayout;
  readonly #style: Style;
  /** Of the columns that are shown. */
  readonly #widths: readonly number[];

  constructor(columns: readonly TableColumn[], layout: TableLayout, sample: readonly (readonly Cell[])[]) {
    this.#columns = columns;
    this.#layout = layout;
    this.#style = styleFor(layout.color);
    const natural = columns.map(({ header }, i) =>
      sample.reduce((most, row) => Math.max(most, displayWidth(this.#text(row[i]))), displayWidth(sanitize(header))),
    );
    this.#widths = layout.columns === undefined ? natural : fit(natural, layout.columns);
  }

  header(): string {
    const rule = this.#layout.unicode ? '─' : '-';
    const headers = this.#columns.map(({ header }) => sanitize(header));
    const rules = this.#widths.map((width) => rule.repeat(width)).join(' '.repeat(GAP));
    return `${this.#line(headers, this.#style.bold)}\n${this.#style.dim(rules)}\n`;
  }

  rows(rows: readonly (readonly Cell[])[]): string {
    return rows.map((row) => `${this.#line(this.#widths.map((_, i) => this.#text(row[i])))}\n`).join('');
  }

  /** Says which columns found no room. */
  footer(): string {
    const hidden = this.#columns.length - this.#widths.length;
    if (hidden === 0) return '';
    const text = `${counted(hidden, 'more column')} did not fit into ${this.#layout.columns ?? 0} columns of text`;
    return `${this.#style.dim(truncateEnd(text, this.#layout.columns ?? Infinity, this.#ellipsis))}\n`;
  }

  #line(texts: readonly string[], paint = keep): string {
    const cells = this.#widths.map((width, i) => {
      const { align, cut } = this.#columns[i] ?? {};
      const shorten = cut === 'middle' ? truncateMiddle : truncateEnd;
      const text = texts[i] ?? '';
      const shown = this.#layout.columns === undefined ? text : shorten(text, width, this.#ellipsis);
      const last = i === this.#widths.length - 1;
      return align === 'right' ? paint(padLeft(shown, width)) : paint(last ? shown : padRight(shown, width));
    });
    return cells.join(' '.repeat(GAP));
  }

  #text(cell: Cell): string {
    return cell === null || cell === undefined ? (this.#layout.nullText ?? '') : sanitize(String(cell));
  }

  get #ellipsis(): string {
    return this.#layout.unicode ? '…' : '...';
  }
}

/** Narrows the widest columns until all fit; leaves columns out from the right when the narrowest do not fit either. */
function fit(natural: readonly number[], columns: number): number[] {
  const floor = natural.map((width) => Math.min(width, NARROWEST));
  let shown = natural.length;
  const total = (widths: readonly number[]): number =>
    widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
  while (shown > 1 && total(floor.slice(0, shown)) > columns) shown--;
  const widths = natural.slice(0, shown);
  let over = total(widths) - columns;
  while (over > 0) {
    const widest = Math.max(...widths);
    const next = Math.max(0, ...widths.filter((width) => width < widest));
    const wide = widths.filter((width) => width === widest).length;
    const least = widest <= NARROWEST ? 1 : Math.max(next, NARROWEST);
    if (widest <= least) break;
    // all of the widest together, one column at a time at the end so that nothing is given away
    const step = Math.min(widest - least, Math.max(1, Math.floor(over / wide)));
    for (let i = widths.length - 1; i >= 0 && over > 0; i--) {
      if (widths[i] !== widest) continue;
      widths[i] = widest - step;
      over -= step;
    }
  }
  return widths;
}

const keep = (text: string): string => text;
