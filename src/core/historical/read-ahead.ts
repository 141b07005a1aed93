/**
 * Pulls a source while its reader is busy, up to so many bytes. A connection that is reset takes with it what nobody has
 * read yet, and that is paid for: so what has come is taken at once.
 *
 * An error of the source comes after all that came before it. Leaving early closes the source.
 */
export async function* readAhead(
  source: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pulled = new Pulled(source[Symbol.asyncIterator](), most);
  const pulling = pulled.pull();
  try {
    for (let next = await pulled.take(); next !== undefined; next = await pulled.take()) yield next;
  } finally {
    await pulled.close();
    await pulling;
  }
}

class Pulled {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #most: number;
  readonly #pieces: Uint8Array[] = [];
  #bytes = 0;
  #over = false;
  #closed = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(source: AsyncIterator<Uint8Array>, most: number) {
    this.#source = source;
    this.#most = most;
  }

  /** Runs beside {@link take}; never rejects. */
  async pull(): Promise<void> {
    try {
      while (!this.#closed) {
        if (this.#bytes >= this.#most) {
          await this.#change();
          continue;
        }
        const next = await this.#source.next();
        if (next.done === true) break;
        this.#pieces.push(next.value);
        this.#bytes += next.value.length;
        this.#changed();
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#over = true;
    this.#changed();
  }

  async take(): Promise<Uint8Array | undefined> {
    for (;;) {
      const piece = this.#pieces.shift();
      if (piece !== undefined) {
        this.#bytes -= piece.length;
        this.#changed();
        return piece;
      }
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#over) return undefined;
      await this.#change();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#changed();
    if (!this.#over) await this.#source.return?.();
  }

  /** One side waits at a time: the reader for a piece, or the puller for room. */
  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #changed(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}
