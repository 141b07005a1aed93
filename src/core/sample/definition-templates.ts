import { layoutNamed } from '../dbn/layout/layouts.js';
import type { RecordLayout } from '../dbn/layout/record-layout.js';
import { encodeRecord, type RecordInput } from '../dbn/record/write-record.js';
import type { Contract } from './contracts.js';
import { listingsOf, type FutureListing, type Listing, type OptionListing, type SpreadListing } from './listings.js';
import type { CheckedRequest } from './sample-request.js';
import { spreadDefinition } from './spread-definition.js';

/** The record of one definition, complete but for its times and its update action. */
export interface DefinitionTemplate {
  readonly bytes: Uint8Array;
  /** Days from 1970-01-01 on which it is listed, the end exclusive. */
  readonly startDay: number;
  readonly endDay: number;
  /** A further leg of the spread before it: known at the same time. */
  readonly continues: boolean;
}

const WHOLE = 1_000_000_000n;
const NS_PER_DAY = 86_400_000_000_000n;
const LISTED_DAYS = 400n;
/** Daily limits in hundredths of the price. */
const LIMIT_PERCENT = 7n;
const PRICE_AND_LAST_DAY = 1;

/** @returns the layout too, whose version decides which fields there are */
export function definitionTemplates(request: CheckedRequest): {
  readonly layout: RecordLayout;
  readonly templates: DefinitionTemplate[];
} {
  const layout = layoutNamed('definition', request.version) as RecordLayout;
  const templates = listingsOf(request).flatMap((listing) =>
    recordsOf(listing, request).map((values, leg) => ({
      bytes: encodeRecord(layout, values),
      startDay: listing.startDay,
      endDay: listing.endDay,
      continues: leg > 0,
    })),
  );
  return { layout, templates };
}

function recordsOf(listing: Listing, request: CheckedRequest): RecordInput[] {
  switch (listing.kind) {
    case 'future':
      return [future(listing, request)];
    case 'option':
      return [option(listing, request)];
    case 'spread':
      return spread(listing, request);
  }
}

function future(listing: FutureListing, request: CheckedRequest): RecordInput {
  const { contract } = listing;
  const price = BigInt(contract.root.price * contract.root.tick);
  const limit = (price * LIMIT_PERCENT) / 100n;
  return {
    ...shared(listing, contract, request),
    high_limit_price: price + limit,
    low_limit_price: price - limit,
    instrument_class: 'F',
    security_type: 'FUT',
    cfi: 'FFXPSX',
    ...onlyBefore3(request, {
      trading_reference_price: price,
      trading_reference_date: request.startDay - 1,
      md_security_trading_status: 17,
      settl_price_type: PRICE_AND_LAST_DAY,
    }),
  };
}

function option(listing: OptionListing, request: CheckedRequest): RecordInput {
  const { underlying, right, strike } = listing;
  return {
    ...shared(listing, underlying, request),
    instrument_class: right,
    security_type: 'OOF',
    cfi: right === 'C' ? 'OCAFPS' : 'OPAFPS',
    underlying: underlying.rawSymbol,
    underlying_id: underlying.instrumentId,
    strike_price: BigInt(strike * underlying.root.tick),
    strike_price_currency: 'USD',
  };
}

function spread(listing: SpreadListing, request: CheckedRequest): RecordInput[] {
  const { near, far } = listing;
  const common = shared(listing, near, request);
  const definition = { limit: BigInt(100 * near.root.tick), version: request.version };
  return spreadDefinition(near, far, definition).map((values) => ({ ...common, ...values }));
}

function shared(listing: Listing, contract: Contract, { startDay }: CheckedRequest): RecordInput {
  const { root } = contract;
  return {
    publisher_id: 1,
    instrument_id: listing.instrumentId,
    raw_instrument_id: listing.instrumentId,
    raw_symbol: listing.rawSymbol,
    min_price_increment: root.tick,
    display_factor: WHOLE,
    expiration: contract.expiration,
    activation: BigInt(startDay) * NS_PER_DAY - LISTED_DAYS * NS_PER_DAY,
    max_price_variation: BigInt(20 * root.tick),
    unit_of_measure_qty: BigInt(root.unitQuantity) * WHOLE,
    min_price_increment_amount: BigInt(root.tick) * BigInt(root.unitQuantity),
    market_depth: 10,
    market_depth_implied: 2,
    market_segment_id: 64,
    max_trade_vol: 3_000,
    min_trade_vol: 1,
    min_lot_size_round_lot: 0,
    maturity_year: contract.year,
    maturity_month: contract.month,
    channel_id: 310,
    currency: 'USD',
    settl_currency: 'USD',
    group: root.code,
    exchange: root.exchange,
    asset: root.code,
    unit_of_measure: root.unit,
    match_algorithm: 'F',
    underlying_product: 4,
    user_defined_instrument: 'N',
  };
}

/** Fields that version 3 has no more. */
function onlyBefore3({ version }: CheckedRequest, values: RecordInput): RecordInput {
  return version === 3 ? {} : values;
}
