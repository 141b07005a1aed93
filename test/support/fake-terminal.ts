import { displayWidth } from '../../src/adapters/terminal/index.js';
import { RecordingStream } from '../../src/testing/recording-stream.js';

interface Row {
  /** One entry per column; the second column of a wide character is empty text. */
  cells: string[];
  /** The line goes on in the next row because the terminal broke it. */
  wrapped: boolean;
}

const SEQUENCE = /\x1b\[(\??)([\d;]*)([A-Za-z])/y;

/**
 * A small terminal: obeys what is written to it, breaks long lines, and breaks them anew when it is resized. Knows
 * just the sequences that reporters may use; any other one throws.
 */
export class FakeTerminal extends RecordingStream {
  readonly isTTY = true;
  columns: number;
  cursorVisible = true;
  #lines: Row[] = [{ cells: [], wrapped: false }];
  #x = 0;
  #y = 0;

  constructor(columns: number, rows = 24) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  override write(text: string, done?: (error?: Error | null) => void): boolean {
    for (let i = 0; i < text.length;) i = this.#obey(text, i);
    return super.write(text, done);
  }

  /** What has been shown, without trailing blanks: the lines that scrolled away included. */
  get screen(): string[] {
    const lines = this.#lines.map(({ cells }) => cells.join('').trimEnd());
    while (lines.length > 0 && lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Row of the cursor, counted from the first line ever shown. */
  get cursorRow(): number {
    return this.#y;
  }

  /** True when some line was too long and had to be broken. */
  get wrapped(): boolean {
    return this.#lines.some(({ wrapped }) => wrapped);
  }

  /** As a window that is made wider or narrower: lines are joined and broken anew, the cursor stays with its text. */
  resize(columns: number): void {
    const old = this.#lines;
    this.#lines = [];
    let line: string[] = [];
    let cursor: number | undefined;
    old.forEach((row, y) => {
      if (y === this.#y) cursor = line.length + this.#x;
      line.push(...row.cells);
      if (row.wrapped) return;
      const first = this.#lines.length;
      for (let at = 0; at === 0 || at < line.length; at += columns) {
        this.#lines.push({ cells: line.slice(at, at + columns), wrapped: at + columns < line.length });
      }
      if (cursor !== undefined) {
        this.#y = Math.min(first + Math.floor(cursor / columns), this.#lines.length - 1);
        this.#x = cursor % columns;
        cursor = undefined;
      }
      line = [];
    });
    this.columns = columns;
  }

  #obey(text: string, at: number): number {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === '\x1b') return this.#sequence(text, at);
    if (character === '\n') this.#newline(false);
    else if (character === '\r') this.#x = 0;
    else this.#put(character);
    return at + character.length;
  }

  #sequence(text: string, at: number): number {
    SEQUENCE.lastIndex = at;
    const match = SEQUENCE.exec(text);
    if (match === null) throw new Error(`not a known sequence: ${JSON.stringify(text.slice(at, at + 12))}`);
    const [whole, isPrivate, parameters = '', letter = ''] = match;
    const count = parameters === '' ? undefined : Number(parameters);
    if (isPrivate === '?') this.#mode(parameters, letter);
    else if (letter !== 'm') this.#move(letter, count);
    return at + whole.length;
  }

  #mode(mode: string, letter: string): void {
    if (mode === '25') this.cursorVisible = letter === 'h';
    else if (mode !== '2026') throw new Error(`terminal mode ${mode} is not one to touch`);
  }

  #move(letter: string, count: number | undefined): void {
    switch (letter) {
      case 'A':
        this.#y = Math.max(this.#top, this.#y - (count ?? 1));
        break;
      case 'B':
        this.#y = Math.min(this.#lines.length - 1, this.#y + (count ?? 1));
        break;
      case 'G':
        this.#x = (count ?? 1) - 1;
        break;
      case 'K':
        if (count === 2) this.#row.cells = [];
        else if (count === undefined || count === 0) this.#row.cells.length = Math.min(this.#x, this.#row.cells.length);
        else throw new Error(`erasing in line, way ${count}`);
        this.#row.wrapped = false;
        break;
      case 'J':
        this.#lines.length = this.#y + 1;
        this.#row.cells.length = Math.min(this.#x, this.#row.cells.length);
        this.#row.wrapped = false;
        break;
      default:
        throw new Error(`movement ${letter} is not known`);
    }
  }

  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }

  get #row(): Row {
    const row = this.#lines[this.#y];
    if (row === undefined) throw new Error(`the cursor is at row ${this.#y} of ${this.#lines.length}`);
    return row;
  }

  #newline(wrapped: boolean): void {
    this.#row.wrapped = wrapped;
    this.#y++;
    this.#x = 0;
    if (this.#y === this.#lines.length) this.#lines.push({ cells: [], wrapped: false });
  }

  #put(character: string): void {
    const width = displayWidth(character);
    if (width === 0) {
      this.#row.cells[Math.max(0, this.#x - 1)] += character;
      return;
    }
    if (this.#x + width > this.columns) this.#newline(true);
    const { cells } = this.#row;
    while (cells.length < this.#x) cells.push(' ');
    cells.splice(this.#x, width, character, ...(width === 2 ? [''] : []));
    this.#x += width;
  }
}
