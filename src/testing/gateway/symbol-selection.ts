import type { SymbolMapping } from '../../core/dbn/index.js';
import type { GatewayDataset } from './dataset.js';
import { dateNumberOf } from './dates.js';

/** From a day (inclusive) to a day (exclusive), counted from 1970-01-01, a symbol means `symbol`. */
export interface DayInterval {
  readonly startDay: number;
  readonly endDay: number;
  readonly symbol: string;
}

export interface SelectionRequest {
  readonly dataset: GatewayDataset;
  readonly stypeIn: string;
  readonly stypeOut: string;
  readonly symbols: readonly string[];
  readonly startDay: number;
  /** Exclusive. */
  readonly endDay: number;
}

export const ALL_SYMBOLS = 'ALL_SYMBOLS';

/** A session and the days that its symbology holds for: those without a session up to the next one too. */
interface Span {
  readonly session: number;
  readonly startDay: number;
  readonly endDay: number;
}

/** What the symbols of a request mean on its days. */
export class SymbolSelection {
  readonly partial: string[] = [];
  readonly notFound: string[] = [];
  /** For each input symbol, in the order of the request, its intervals; none when it does not resolve. */
  readonly intervals = new Map<string, DayInterval[]>();
  readonly all: boolean;
  private readonly byKey = new Map<string, DayInterval[]>();
  private readonly symbols = new Map<number, Map<number, string>>();

  constructor(private readonly request: SelectionRequest) {
    this.all = request.symbols.includes(ALL_SYMBOLS);
    const spans = spansOf(request);
    for (const symbol of this.all ? allSymbols(request, spans) : request.symbols) this.resolve(symbol, spans);
  }

  /** True when nothing resolves on any day. */
  get empty(): boolean {
    return !this.all && this.notFound.length === this.intervals.size;
  }

  /** The ids wanted on a session day; `null` for all. */
  readonly idsOn = (day: number): ReadonlySet<number> | null => {
    return this.all ? null : new Set(this.symbols.get(day)?.keys());
  };

  /** What the metadata calls an instrument on a session day. */
  symbolOn(instrumentId: number, day: number): string | undefined {
    return this.symbols.get(day)?.get(instrumentId);
  }

  /** As the metadata has them: keyed by the symbol, for parents by their children's. None for all symbols. */
  get mappings(): SymbolMapping[] {
    if (this.all) return [];
    return [...this.byKey].map(([rawSymbol, intervals]) => ({
      rawSymbol,
      intervals: intervals.map(({ startDay, endDay, symbol }) => ({
        startDate: dateNumberOf(startDay),
        endDate: dateNumberOf(endDay),
        symbol,
      })),
    }));
  }

  private resolve(symbol: string, spans: readonly Span[]): void {
    const { dataset, stypeIn, stypeOut } = this.request;
    const found: DayInterval[] = [];
    let days = 0;
    for (const span of spans) {
      const ids = dataset.resolve(stypeIn, symbol, span.session);
      if (ids.length > 0) days += 1;
      for (const id of ids) {
        const rawSymbol = dataset.rawSymbol(id, span.session);
        const value = stypeOut === 'raw_symbol' ? rawSymbol : String(id);
        if (value === undefined) continue;
        const key = stypeIn === 'parent' ? (rawSymbol ?? String(id)) : symbol;
        extend(found, span, value);
        extend(
          valueOf(this.byKey, key, () => []),
          span,
          value,
        );
        valueOf(this.symbols, span.session, () => new Map<number, string>()).set(id, key);
      }
    }
    this.intervals.set(symbol, found);
    if (found.length === 0) this.notFound.push(symbol);
    else if (days < spans.length) this.partial.push(symbol);
  }
}

/** Every raw symbol of the days. */
function allSymbols({ dataset, stypeIn }: SelectionRequest, spans: readonly Span[]): ReadonlySet<string> {
  if (stypeIn !== 'raw_symbol') return new Set();
  return new Set(
    spans.flatMap(({ session }) =>
      dataset.instrumentsOn(session).flatMap((id) => dataset.rawSymbol(id, session) ?? []),
    ),
  );
}

function spansOf({ dataset, startDay, endDay }: SelectionRequest): Span[] {
  const sessions: number[] = [];
  for (let day = startDay; day < endDay; day += 1) if (dataset.isSession(day)) sessions.push(day);
  return sessions.map((session, index) => ({
    session,
    startDay: index === 0 ? startDay : session,
    endDay: sessions[index + 1] ?? endDay,
  }));
}

/** Adds a span of days, to the interval of the same value that ends where it begins if there is one. */
function extend(intervals: DayInterval[], { startDay, endDay }: Span, symbol: string): void {
  const index = intervals.findLastIndex((interval) => interval.symbol === symbol);
  const before = intervals[index];
  if (before === undefined || before.endDay < startDay) intervals.push({ startDay, endDay, symbol });
  else intervals[index] = { ...before, endDay };
}

function valueOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
