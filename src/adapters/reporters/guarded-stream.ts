import type { ReporterStream } from '../../core/progress/reporter-definition.js';

/**
 * A stream that may lose its reader. From then on writing does nothing: progress is never worth the run.
 */
export class GuardedStream {
  readonly #stream: ReporterStream;
  #gone = false;
  #whenGone: (() => void) | undefined;
  readonly #onError = (): void => {
    this.#gone = true;
    this.#whenGone?.();
  };

  constructor(stream: ReporterStream) {
    this.#stream = stream;
    stream.on('error', this.#onError);
  }

  /** The reader went away, or the stream was closed. */
  get gone(): boolean {
    return this.#gone;
  }

  /** The reader is behind: skip what can be skipped. */
  get busy(): boolean {
    return this.#stream.writableNeedDrain === true;
  }

  write(text: string): void {
    if (this.#gone || text === '') return;
    try {
      this.#stream.write(text);
    } catch {
      this.#gone = true;
    }
  }

  /**
   * Waits until everything is handed over, then lets go of the stream. It stays open: it is not ours. A broken stream
   * keeps its error listener, because what others write to it afterwards would end the process.
   */
  async release(): Promise<void> {
    if (this.#gone) return;
    await new Promise<void>((resolve) => {
      this.#whenGone = resolve;
      try {
        this.#stream.write('', () => resolve());
      } catch {
        this.#gone = true;
        resolve();
      }
    });
    // the error of a write reaches its callback before it reaches the listeners
    await new Promise((resolve) => setImmediate(resolve));
    if (!this.#gone) this.#stream.off('error', this.#onError);
  }
}
