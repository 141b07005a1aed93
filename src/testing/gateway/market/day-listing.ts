import type { Root } from '../../../core/sample/contracts.js';
import { SPREAD_IDS, type MarketContract } from './contract-row.js';

/** An instrument as it is listed on one day. */
export interface MarketInstrument {
  readonly instrumentId: number;
  readonly rawSymbol: string;
  readonly root: Root;
  /** The future itself; for a spread the one that is bought. */
  readonly near: MarketContract;
  /** For a spread the future that is sold. */
  readonly far: MarketContract | null;
  /** 0 for the nearest contract of its root. */
  readonly rank: number;
  /** Its part of the trading, 1 for the busiest contract of a root. */
  readonly activity: number;
}

/** Days, the last one included, on which a contract that expires trades less than the next one. */
const DAYS_OF_ROLLING = 2;
const ACTIVITY = [1, 0.2, 0.04];
const LEAST_ACTIVITY = 0.01;
const SPREAD_ACTIVITY = 0.05;

/** What is listed of a product on a day: so many futures, nearest first, and the spreads of neighbours. */
export function instrumentsOn(row: readonly MarketContract[], contracts: number, day: number): MarketInstrument[] {
  const listed = row.filter((contract) => contract.lastDay >= day).slice(0, contracts);
  const rolling = listed.length > 1 && day > (listed[0] as MarketContract).lastDay - DAYS_OF_ROLLING;
  const futures = listed.map((near, rank): MarketInstrument => {
    const place = rolling && rank < 2 ? 1 - rank : rank;
    return { ...common(near), near, far: null, rank, activity: ACTIVITY[place] ?? LEAST_ACTIVITY };
  });
  const spreads = listed.slice(1).map((far, rank): MarketInstrument => {
    const near = listed[rank] as MarketContract;
    return {
      root: near.root,
      instrumentId: near.instrumentId + SPREAD_IDS,
      rawSymbol: `${near.rawSymbol}-${far.rawSymbol}`,
      near,
      far,
      rank,
      activity: SPREAD_ACTIVITY / (rank + 1),
    };
  });
  return [...futures, ...spreads];
}

const common = ({ root, instrumentId, rawSymbol }: MarketContract) => ({ root, instrumentId, rawSymbol });

/** The futures of a listing, the busiest first. */
export function busiestFirst(instruments: readonly MarketInstrument[]): MarketInstrument[] {
  return instruments.filter(({ far }) => far === null).sort((a, b) => b.activity - a.activity);
}
