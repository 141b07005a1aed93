import { contractAt, eras, OPTION_IDS, ROOTS, SPREAD_IDS, type Contract, type Era } from './contracts.js';
import type { CheckedRequest } from './sample-request.js';

/** An instrument as the exchange lists it, and the days of the sample on which there are records of it. */
export type Listing = FutureListing | SpreadListing | OptionListing;

interface AnyListing {
  readonly rawSymbol: string;
  readonly instrumentId: number;
  /** Days from 1970-01-01, the end exclusive. */
  readonly startDay: number;
  readonly endDay: number;
}

export interface FutureListing extends AnyListing {
  readonly kind: 'future';
  readonly contract: Contract;
}

/** Buys the near contract and sells the far one. */
export interface SpreadListing extends AnyListing {
  readonly kind: 'spread';
  readonly near: Contract;
  readonly far: Contract;
}

export interface OptionListing extends AnyListing {
  readonly kind: 'option';
  readonly right: 'C' | 'P';
  readonly underlying: Contract;
  /** In ticks of the root. */
  readonly strike: number;
}

/** Every instrument of a sample: spreads and options only where definitions are asked for. */
export function listingsOf(request: CheckedRequest): Listing[] {
  const { startDay, days, instruments } = request;
  const ranges = eras(startDay, days);
  return ROOTS.slice(0, instruments).flatMap((_, rootIndex) => {
    const ranks = Math.ceil((instruments - rootIndex) / ROOTS.length);
    return Array.from({ length: ranges.length + ranks - 1 }, (__, index) => {
      // The contract is the n-th nearest one in the era index − n.
      const used = ranges.filter((era) => era.index <= index && index - era.index < ranks);
      const future = futureListing(contractAt(rootIndex, index, startDay), used);
      if (request.schema !== 'definition') return [future];
      return [future, spreadListing(future, rootIndex, startDay), ...optionListings(future)];
    }).flat();
  });
}

function futureListing(contract: Contract, used: readonly Era[]): FutureListing {
  return {
    kind: 'future',
    contract,
    rawSymbol: contract.rawSymbol,
    instrumentId: contract.instrumentId,
    startDay: (used[0] as Era).startDay,
    endDay: (used.at(-1) as Era).endDay,
  };
}

function spreadListing(future: FutureListing, rootIndex: number, startDay: number): SpreadListing {
  const far = contractAt(rootIndex, future.contract.index + 1, startDay);
  return {
    kind: 'spread',
    near: future.contract,
    far,
    rawSymbol: `${future.rawSymbol}-${far.rawSymbol}`,
    instrumentId: future.instrumentId + SPREAD_IDS,
    startDay: future.startDay,
    endDay: future.endDay,
  };
}

/** A call and a put at, above and below the price. */
function optionListings(future: FutureListing): OptionListing[] {
  const { contract } = future;
  const step = Math.max(1, Math.round(contract.root.price / 100));
  return [-1, 0, 1].flatMap((side, position) =>
    (['C', 'P'] as const).map((right, place): OptionListing => {
      const strike = contract.root.price + side * step;
      return {
        kind: 'option',
        right,
        underlying: contract,
        strike,
        rawSymbol: `${contract.rawSymbol} ${right}${(strike * contract.root.tick) / 1e9}`,
        instrumentId: future.instrumentId - contract.index + OPTION_IDS + contract.index * 6 + position * 2 + place,
        startDay: future.startDay,
        endDay: future.endDay,
      };
    }),
  );
}
