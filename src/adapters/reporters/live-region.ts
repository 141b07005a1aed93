import { createLogUpdate } from 'log-update';
import { displayWidth } from '../terminal/display-width.js';
import type { GuardedStream } from './guarded-stream.js';

/** Terminals that know it show what lies between as one picture; others ignore it. */
const BEGIN_PICTURE = '\x1b[?2026h';
const END_PICTURE = '\x1b[?2026l';

/**
 * The lines at the bottom of a terminal that are drawn over, and the lines that scroll away above them.
 *
 * log-update works out what to erase and what to write; it writes into memory here, so that lines above and the block
 * below reach the terminal in one piece and nothing flickers. The cursor is left visible: it rests below the block,
 * so there is nothing to restore when the process is killed.
 */
export class LiveRegion {
  readonly #out: GuardedStream;
  readonly #columns: () => number;
  readonly #reflows: boolean;
  readonly #render: ReturnType<typeof createLogUpdate>;
  #pending = '';
  #drawn: readonly string[] = [];
  #drawnColumns = 0;

  /** `rows` and `columns` are asked for at every drawing. */
  constructor(out: GuardedStream, columns: () => number, rows: () => number | undefined, reflows: boolean) {
    this.#out = out;
    this.#columns = columns;
    this.#reflows = reflows;
    const memory = {
      write: (text: string): boolean => {
        this.#pending += text;
        return true;
      },
      get columns() {
        return columns();
      },
      get rows() {
        return rows();
      },
    };
    this.#render = createLogUpdate(memory as unknown as NodeJS.WritableStream, { showCursor: true });
  }

  /** Writes `above` where it stays, and the block anew below it. The block's lines must fit the terminal. */
  draw(above: readonly string[], block: readonly string[]): void {
    this.#eraseBroken();
    if (above.length > 0) {
      if (this.#drawn.length > 0) this.#render.clear();
      this.#pending += above.join('\n') + '\n';
    }
    this.#render(block.map((line) => `${line}\n`).join(''));
    this.#drawn = block;
    this.#drawnColumns = this.#columns();
    this.#flush();
  }

  /** Takes the block away; the cursor is where its first line was. */
  clear(above: readonly string[] = []): void {
    this.#eraseBroken();
    if (this.#drawn.length > 0) this.#render.clear();
    this.#drawn = [];
    if (above.length > 0) this.#pending += above.join('\n') + '\n';
    this.#flush();
  }

  /** When the window became narrower, the terminal has broken the drawn lines: they cover more rows than were drawn. */
  #eraseBroken(): void {
    const columns = this.#columns();
    if (!this.#reflows || columns >= this.#drawnColumns || this.#drawn.length === 0) return;
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns)), 0);
    if (rows === this.#drawn.length) return;
    this.#pending += `\x1b[${rows}A\r\x1b[J`;
    this.#render.done();
    this.#drawn = [];
  }

  #flush(): void {
    if (this.#pending === '') return;
    this.#out.write(BEGIN_PICTURE + this.#pending + END_PICTURE);
    this.#pending = '';
  }
}
