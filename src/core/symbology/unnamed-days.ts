import type { Metadata } from '../dbn/metadata.js';

const ALL_SYMBOLS = 'ALL_SYMBOLS';
const TWO_TO_32 = 4_294_967_296;

/**
 * The UTC days, since 1970-01-01, of what came without being named by a mapping of the header: by instrument, and in a
 * stream of continuous symbols by symbol. A stream without a header covers nothing, and one of all symbols
 * covers them all: of these nothing is noted.
 */
export class UnnamedDays {
  /** Day × 2³² + instrument id. */
  readonly #instruments = new Set<number>();
  readonly #symbols = new Map<string, Set<number>>();
  readonly #wanted: boolean;
  /** Whether symbols are worth noting. */
  readonly bySymbol: boolean;

  constructor(metadata: Metadata | null) {
    this.#wanted = metadata !== null && !metadata.symbols.includes(ALL_SYMBOLS);
    this.bySymbol = this.#wanted && metadata?.stypeIn === 'continuous';
  }

  addInstrument(instrumentId: number, day: number): void {
    if (this.#wanted) this.#instruments.add(day * TWO_TO_32 + instrumentId);
  }

  addSymbol(symbol: string, day: number): void {
    const days = this.#symbols.get(symbol);
    if (days === undefined) this.#symbols.set(symbol, new Set([day]));
    else days.add(day);
  }

  get instruments(): { readonly instrumentId: number; readonly day: number }[] {
    return [...this.#instruments].map((key) => {
      const day = Math.floor(key / TWO_TO_32);
      return { instrumentId: key - day * TWO_TO_32, day };
    });
  }

  get symbols(): { readonly symbol: string; readonly day: number }[] {
    return [...this.#symbols].flatMap(([symbol, days]) => [...days].map((day) => ({ symbol, day })));
  }
}
