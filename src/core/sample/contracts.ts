import { isoDate } from './trading-days.js';

/** A futures product: what its contracts are called, and roughly what they cost. */
export interface Root {
  readonly code: string;
  /** Month letters of the contracts of a year. */
  readonly cycle: string;
  /** Months between the last trade and the month in the name: oil for April ends in March. */
  readonly lead: number;
  /** In 1e-9. */
  readonly tick: number;
  /** Where prices start, in ticks. */
  readonly price: number;
  /** For definitions: what one contract is of, and where it trades. */
  readonly exchange: string;
  readonly unit: string;
  readonly unitQuantity: number;
}

const QUARTERLY = 'HMUZ';
const MONTHLY = 'FGHJKMNQUVXZ';
const GRAINS = 'HKNUZ';
const METALS = 'GJMQVZ';

const root = (
  code: string,
  cycle: string,
  lead: number,
  tick: number,
  price: number,
  exchange: string,
  unit: string,
  unitQuantity: number,
): Root => ({ code, cycle, lead, tick, price, exchange, unit, unitQuantity });

/** In the order in which a sample takes them up. */
export const ROOTS: readonly Root[] = [
  root('ES', QUARTERLY, 0, 250_000_000, 20_400, 'XCME', 'IPNT', 50),
  root('NQ', QUARTERLY, 0, 250_000_000, 72_800, 'XCME', 'IPNT', 20),
  root('CL', MONTHLY, 1, 10_000_000, 7_850, 'XNYM', 'BBL', 1_000),
  root('GC', METALS, 0, 100_000_000, 20_900, 'XCEC', 'TRYOZ', 100),
  root('ZN', QUARTERLY, 0, 15_625_000, 7_080, 'XCBT', 'USD', 100_000),
  root('6E', QUARTERLY, 0, 50_000, 21_700, 'XCME', 'EUR', 125_000),
  root('RTY', QUARTERLY, 0, 100_000_000, 20_700, 'XCME', 'IPNT', 50),
  root('YM', QUARTERLY, 0, 1_000_000_000, 39_100, 'XCBT', 'IPNT', 5),
  root('NG', MONTHLY, 1, 1_000_000, 1_840, 'XNYM', 'MMBTU', 10_000),
  root('SI', GRAINS, 0, 5_000_000, 4_680, 'XCEC', 'TRYOZ', 5_000),
  root('HG', GRAINS, 0, 500_000, 7_700, 'XCEC', 'LBS', 25_000),
  root('ZC', GRAINS, 0, 250_000_000, 1_700, 'XCBT', 'BU', 5_000),
  root('ZS', 'FHKNQUX', 0, 250_000_000, 4_600, 'XCBT', 'BU', 5_000),
  root('ZW', GRAINS, 0, 250_000_000, 2_260, 'XCBT', 'BU', 5_000),
  root('ZB', QUARTERLY, 0, 31_250_000, 3_820, 'XCBT', 'USD', 100_000),
  root('ZF', QUARTERLY, 0, 7_812_500, 13_690, 'XCBT', 'USD', 100_000),
  root('ZT', QUARTERLY, 0, 3_906_250, 26_200, 'XCBT', 'USD', 200_000),
  root('LE', METALS, 0, 25_000_000, 7_400, 'XCME', 'LBS', 40_000),
  root('HE', METALS, 0, 25_000_000, 3_440, 'XCME', 'LBS', 40_000),
  root('6J', QUARTERLY, 0, 500, 13_400, 'XCME', 'JPY', 12_500_000),
  root('6B', QUARTERLY, 0, 100_000, 12_690, 'XCME', 'GBP', 62_500),
  root('RB', MONTHLY, 1, 100_000, 25_600, 'XNYM', 'GAL', 42_000),
  root('HO', MONTHLY, 1, 100_000, 26_700, 'XNYM', 'GAL', 42_000),
  root('SR3', QUARTERLY, 0, 5_000_000, 18_940, 'XCME', 'IPNT', 2_500),
];

/** A stretch of the range during which every continuous symbol means one contract. */
export interface Era {
  readonly index: number;
  /** Days from 1970-01-01, the end exclusive. */
  readonly startDay: number;
  readonly endDay: number;
}

const DAYS_PER_ERA = 91;

/** Cuts a range into eras of equal length, at least two, so that every sample of two days or more holds a roll. */
export function eras(startDay: number, days: number): Era[] {
  const count = days < 2 ? 1 : Math.max(2, Math.round(days / DAYS_PER_ERA));
  const boundary = (index: number): number => startDay + Math.floor((index * days) / count);
  return Array.from({ length: count }, (_, index) => ({
    index,
    startDay: boundary(index),
    endDay: boundary(index + 1),
  }));
}

/** One listed future. */
export interface Contract {
  readonly root: Root;
  /** Position among the contracts of its root, from 0: the nearest one at the start of the range. */
  readonly index: number;
  readonly instrumentId: number;
  /** e.g. `ESH4` */
  readonly rawSymbol: string;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** ns since the epoch. */
  readonly expiration: bigint;
}

const IDS_PER_ROOT = 100_000;
/** Spreads and options follow the futures of their root. */
export const SPREAD_IDS = 10_000;
export const OPTION_IDS = 20_000;

/** Of an instrument that trades and stands in no header: its rows take the symbol that stands in for a missing one. */
export const UNMAPPED_ID = 999_999_999;

/**
 * The contract at a place in its root's row of contracts.
 * @param startDay first day of the range, from 1970-01-01
 */
export function contractAt(rootIndex: number, index: number, startDay: number): Contract {
  const product = ROOTS[rootIndex] as Root;
  const letters = [...product.cycle];
  const [startYear, startMonth, startDate] = isoDate(startDay).split('-').map(Number) as [number, number, number];
  // Past the middle of its last month a contract is left for the next one.
  const earliest = startYear * 12 + startMonth - 1 + product.lead + (startDate > 14 ? 1 : 0);
  const first = letters.findIndex((letter) => MONTHLY.indexOf(letter) >= earliest % 12);
  const position = (first === -1 ? letters.length : first) + index;
  const year = Math.floor(earliest / 12) + Math.floor(position / letters.length);
  const letter = letters[position % letters.length] as string;
  const month = MONTHLY.indexOf(letter) + 1;
  return {
    root: product,
    index,
    instrumentId: (rootIndex + 1) * IDS_PER_ROOT + index,
    rawSymbol: `${product.code}${letter}${year % 10}`,
    year,
    month,
    expiration: thirdFriday(year, month - product.lead),
  };
}

/** 13:30 UTC. Month 0 is December of the year before. */
function thirdFriday(year: number, month: number): bigint {
  const first = new Date(Date.UTC(year, month - 1, 1));
  const date = 15 + ((5 - first.getUTCDay() + 7) % 7);
  return BigInt(Date.UTC(year, month - 1, date, 13, 30)) * 1_000_000n;
}

/** A symbol of the header that follows the n-th nearest contract of a root: `ES.c.0`. */
export interface ContinuousSymbol {
  readonly symbol: string;
  readonly rootIndex: number;
  readonly rank: number;
}

/** All roots with their nearest contract, then all with the one after it, and so on. */
export function continuousSymbols(count: number): ContinuousSymbol[] {
  return Array.from({ length: count }, (_, position) => {
    const rootIndex = position % ROOTS.length;
    const rank = Math.floor(position / ROOTS.length);
    return { symbol: `${(ROOTS[rootIndex] as Root).code}.c.${rank}`, rootIndex, rank };
  });
}
