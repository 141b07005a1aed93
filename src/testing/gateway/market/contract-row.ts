import type { Root } from '../../../core/sample/contracts.js';

/** A future of the market. */
export interface MarketContract {
  readonly root: Root;
  readonly instrumentId: number;
  readonly rawSymbol: string;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** Last day on which it is listed, from 1970-01-01. */
  readonly lastDay: number;
}

const MONTHS = 'FGHJKMNQUVXZ';
const MS_PER_DAY = 86_400_000;
const IDS_PER_ROOT = 100_000;
/** The spread of a contract and the next one follows the futures of its root. */
export const SPREAD_IDS = 50_000;

/**
 * The contracts of a product, nearest first, as many as a range needs: those that expire in it and `more` behind. A
 * contract is the same one, with the same id, for every range.
 *
 * @param rolls days on which the next contract becomes the nearest one: the one before expires the day before
 */
export function contractRow(
  root: Root,
  rootIndex: number,
  range: { readonly startDay: number; readonly endDay: number },
  rolls: readonly number[],
  more: number,
): MarketContract[] {
  const row: MarketContract[] = [];
  const first = new Date(range.startDay * MS_PER_DAY);
  let behind = 0;
  for (let index = first.getUTCFullYear() * 12 + first.getUTCMonth(); behind < more + rolls.length; index += 1) {
    if (!root.cycle.includes(MONTHS[index % 12] as string)) continue;
    const contract = contractOf(root, rootIndex, index);
    if (contract.lastDay < range.startDay) continue;
    row.push(contract);
    if (contract.lastDay >= range.endDay) behind += 1;
  }
  return rolls.reduce(rollBefore, row);
}

/** Has the nearest contract of the day before expire then, unless one does. */
function rollBefore(row: MarketContract[], day: number): MarketContract[] {
  if (row.some((contract) => contract.lastDay === day - 1)) return row;
  const front = row.findIndex((contract) => contract.lastDay >= day);
  return row.map((contract, index) => (index === front ? { ...contract, lastDay: day - 1 } : contract));
}

function contractOf(root: Root, rootIndex: number, monthIndex: number): MarketContract {
  const year = Math.floor(monthIndex / 12);
  const month = (monthIndex % 12) + 1;
  return {
    root,
    instrumentId: (rootIndex + 1) * IDS_PER_ROOT + monthIndex,
    rawSymbol: `${root.code}${MONTHS[month - 1] as string}${year % 10}`,
    year,
    month,
    lastDay: thirdFriday(year, month - root.lead),
  };
}

/** Month 0 is December of the year before. */
function thirdFriday(year: number, month: number): number {
  const first = new Date(Date.UTC(year, month - 1, 1));
  return Date.UTC(year, month - 1, 15 + ((5 - first.getUTCDay() + 7) % 7)) / MS_PER_DAY;
}
