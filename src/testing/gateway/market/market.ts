import type { Root } from '../../../core/sample/contracts.js';
import { contractRow, type MarketContract } from './contract-row.js';
import { busiestFirst, instrumentsOn, type MarketInstrument } from './day-listing.js';
import type { MarketCalendar } from './market-calendar.js';
import { rootNamed } from './market-roots.js';

const CONTINUOUS = /^(.+)\.([cvn])\.(\d+)$/;
const PARENT = /^(.+)\.FUT$/;

interface Product {
  readonly root: Root;
  readonly row: readonly MarketContract[];
}

/** What is listed on a day, and how to find one of thousands. */
interface Listing {
  readonly instruments: readonly MarketInstrument[];
  readonly byId: ReadonlyMap<number, MarketInstrument>;
  readonly bySymbol: ReadonlyMap<string, readonly MarketInstrument[]>;
}

const ID = /^(0|[1-9]\d{0,9})$/;

/** Which instruments there are on a day, and which of them a symbol means. */
export class Market {
  private readonly products: readonly Product[];
  private readonly listings = new Map<number, Listing>();

  constructor(
    private readonly calendar: MarketCalendar,
    roots: readonly string[],
    private readonly contracts: number,
    rolls: readonly number[],
  ) {
    this.products = roots.map((code) => {
      const { root, index } = rootNamed(code);
      return { root, row: contractRow(root, index, calendar, rolls, contracts) };
    });
  }

  /** Everything listed on a day, product by product. */
  on(day: number): readonly MarketInstrument[] {
    return this.listing(day).instruments;
  }

  /** The instrument of an id on a day. */
  withId(instrumentId: number, day: number): MarketInstrument | undefined {
    return this.listing(day).byId.get(instrumentId);
  }

  resolve(stypeIn: string, symbol: string, day: number): readonly number[] {
    return this.named(stypeIn, symbol, day).map(({ instrumentId }) => instrumentId);
  }

  private named(stypeIn: string, symbol: string, day: number): readonly MarketInstrument[] {
    switch (stypeIn) {
      case 'raw_symbol':
        return this.listing(day).bySymbol.get(symbol) ?? [];
      case 'instrument_id': {
        const found = ID.test(symbol) ? this.withId(Number(symbol), day) : undefined;
        return found === undefined ? [] : [found];
      }
      case 'parent': {
        const [, code] = PARENT.exec(symbol) ?? [];
        return this.on(day).filter(({ root }) => root.code === code);
      }
      case 'continuous':
        return this.continuous(symbol, day);
      default:
        return [];
    }
  }

  private continuous(symbol: string, day: number): readonly MarketInstrument[] {
    const [, code, rule, rank] = CONTINUOUS.exec(symbol) ?? [];
    const futures = this.on(day).filter(({ root, far }) => root.code === code && far === null);
    const ranked = rule === 'c' ? futures : this.byActivity(futures, code, rule === 'v' ? 1 : 2, day);
    const found = ranked[Number(rank)];
    return found === undefined ? [] : [found];
  }

  /** Those still listed, ranked by an earlier session: the one before for volume, the one before that for open interest. */
  private byActivity(
    futures: readonly MarketInstrument[],
    code: string | undefined,
    sessions: number,
    day: number,
  ): readonly MarketInstrument[] {
    let earlier = day;
    for (let back = 0; back < sessions; back += 1) earlier = this.calendar.sessionBefore(earlier);
    const busiest = busiestFirst(this.listed(earlier).filter(({ root }) => root.code === code));
    const known = busiest.flatMap(({ instrumentId }) =>
      futures.filter((future) => future.instrumentId === instrumentId),
    );
    return [...known, ...futures.filter((future) => !known.includes(future))];
  }

  private listing(day: number): Listing {
    let listing = this.listings.get(day);
    if (listing === undefined) {
      const instruments = this.calendar.isSession(day) ? this.listed(day) : [];
      const byId = new Map(instruments.map((instrument) => [instrument.instrumentId, instrument]));
      const bySymbol = new Map<string, MarketInstrument[]>();
      for (const instrument of instruments) {
        const namesakes = bySymbol.get(instrument.rawSymbol);
        if (namesakes === undefined) bySymbol.set(instrument.rawSymbol, [instrument]);
        else namesakes.push(instrument);
      }
      listing = { instruments, byId, bySymbol };
      this.listings.set(day, listing);
    }
    return listing;
  }

  private listed(day: number): MarketInstrument[] {
    return this.products.flatMap(({ row }) => instrumentsOn(row, this.contracts, day));
  }
}
