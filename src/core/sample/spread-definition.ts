import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { RecordInput } from '../dbn/record/write-record.js';

/** A future that a spread is made of. */
export interface SpreadLeg {
  readonly instrumentId: number;
  readonly rawSymbol: string;
}

const WHOLE = 1_000_000_000n;

/**
 * What the definition of a calendar spread says of it: in one record, and from version 3 on in one for each leg.
 * @param limit the price's daily limit to both sides, in 1e-9
 */
export function spreadDefinition(
  near: SpreadLeg,
  far: SpreadLeg,
  { limit, version }: { readonly limit: bigint; readonly version: DbnVersion },
): RecordInput[] {
  const spread: RecordInput = {
    high_limit_price: limit,
    low_limit_price: -limit,
    price_ratio: WHOLE,
    instrument_class: 'S',
    security_type: 'FUT',
    secsubtype: 'SP',
    cfi: 'FMXXXX',
    underlying: near.rawSymbol,
    underlying_id: near.instrumentId,
  };
  if (version < 3) return [spread];
  return [near, far].map((leg, index) => ({
    ...spread,
    leg_count: 2,
    leg_index: index,
    leg_instrument_id: leg.instrumentId,
    leg_raw_symbol: leg.rawSymbol,
    leg_instrument_class: 'F',
    leg_side: index === 0 ? 'B' : 'A',
    leg_ratio_price_numerator: 1,
    leg_ratio_price_denominator: 1,
    leg_ratio_qty_numerator: 1,
    leg_ratio_qty_denominator: 1,
  }));
}
