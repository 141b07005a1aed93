import type { Metadata } from '../../../core/dbn/index.js';
import { dayOfDateNumber } from '../../../core/symbology/utc-day.js';

/** From a day (inclusive) to a day (exclusive) a symbol means an instrument. */
interface Entry {
  readonly startDay: number;
  readonly endDay: number;
  readonly instrumentId: number;
}

const PARENT = /^(.+)\.(FUT|OPT)$/;

/** What the symbols of DBN files mean, gathered from their headers and definitions. */
export class SymbolTable {
  /** By symbology, then by symbol. */
  private readonly entries = new Map<string, Map<string, Entry[]>>();

  /** Takes up the mappings of a header. */
  addHeader({ stypeIn, stypeOut, symbols, mappings }: Metadata): void {
    for (const { rawSymbol, intervals } of mappings) {
      for (const { startDate, endDate, symbol } of intervals) {
        const [startDay, endDay] = [dayOfDateNumber(startDate), dayOfDateNumber(endDate)];
        if (symbol === '' || startDay === undefined || endDay === undefined) continue;
        const byId = stypeIn === 'instrument_id' && stypeOut === 'raw_symbol';
        const entry = { startDay, endDay, instrumentId: Number(byId ? rawSymbol : symbol) };
        if (byId) this.add('raw_symbol', symbol, entry);
        else if (stypeIn === 'parent') this.addChild(symbols, rawSymbol, entry);
        else if (stypeIn !== null) this.add(stypeIn, rawSymbol, entry);
      }
    }
  }

  add(stypeIn: string, symbol: string, entry: Entry): void {
    const ofStype = this.entries.get(stypeIn) ?? new Map<string, Entry[]>();
    this.entries.set(stypeIn, ofStype);
    const known = ofStype.get(symbol) ?? [];
    ofStype.set(symbol, known);
    const same = known.some((one) => one.instrumentId === entry.instrumentId && covers(one, entry));
    if (!same) known.push(entry);
  }

  /** The ids that a symbol means on a day, each once. */
  resolve(stypeIn: string, symbol: string, day: number): number[] {
    const found = this.entries.get(stypeIn)?.get(symbol) ?? [];
    const ids = found.filter((entry) => entry.startDay <= day && day < entry.endDay).map((entry) => entry.instrumentId);
    return [...new Set(ids)];
  }

  /** The symbol of an instrument on a day; the last one that was told. */
  rawSymbol(instrumentId: number, day: number): string | undefined {
    const symbols = [...(this.entries.get('raw_symbol') ?? [])].filter(([, entries]) =>
      entries.some((one) => one.instrumentId === instrumentId && one.startDay <= day && day < one.endDay),
    );
    return symbols.at(-1)?.[0];
  }

  private addChild(parents: readonly string[], rawSymbol: string, entry: Entry): void {
    this.add('raw_symbol', rawSymbol, entry);
    const own = parents.filter((parent) => parents.length === 1 || isChild(parent, rawSymbol));
    for (const parent of own) this.add('parent', parent, entry);
  }
}

function covers(outer: Entry, inner: Entry): boolean {
  return outer.startDay <= inner.startDay && inner.endDay <= outer.endDay;
}

function isChild(parent: string, rawSymbol: string): boolean {
  const [, root, kind] = PARENT.exec(parent) ?? [];
  // An option's symbol has its strike behind a space.
  return root !== undefined && rawSymbol.startsWith(root) && (kind === 'OPT') === rawSymbol.includes(' ');
}
