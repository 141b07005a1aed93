import {
  Char,
  Int16,
  Int32,
  Int8,
  MarketRecord,
  Nanos,
  Price,
  Record,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
} from 'tickloom/plugin/core';

/**
 * What an instrument is. All fields of DBN version 3; files of older versions lack the legs, which get what the
 * vendor's own upgrade gives. No venue's limits are checked here: real definitions hold odd ones.
 */
@Record({ dbn: 'definition', symbol: 'raw_symbol' })
export class InstrumentDefinition extends MarketRecord {
  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Price({ description: 'Smallest constant tick.' })
  min_price_increment!: bigint | null;

  @Price({ description: 'Multiplier from venue display price to conventional price.' })
  display_factor!: bigint | null;

  @Nanos({ description: 'Last time that it can be traded.' })
  expiration!: bigint | null;

  @Nanos({ description: 'Time of activation.' })
  activation!: bigint | null;

  @Price({ description: 'Upper price limit of the trading day.' })
  high_limit_price!: bigint | null;

  @Price({ description: 'Lower price limit of the trading day.' })
  low_limit_price!: bigint | null;

  @Price({ description: 'Price banding differential.' })
  max_price_variation!: bigint | null;

  @Price({ description: 'Contract size, in unit_of_measure.' })
  unit_of_measure_qty!: bigint | null;

  @Price({ description: 'Not settled by the venues; do not rely on it.' })
  min_price_increment_amount!: bigint | null;

  @Price({ description: 'Value used in spread/leg pricing.' })
  price_ratio!: bigint | null;

  @Price({ description: 'Option strike.' })
  strike_price!: bigint | null;

  @Uint64({ column: 'numeric', description: 'Instrument id as the publisher assigned it.' })
  raw_instrument_id!: bigint;

  @Price({ versions: [3], absent: null, description: 'Tied price of the leg.' })
  leg_price!: bigint | null;

  @Price({ versions: [3], absent: null, description: 'Delta of the leg.' })
  leg_delta!: bigint | null;

  @Int32({ description: 'Eligibility attribute bitmap.' })
  inst_attrib_value!: number | null;

  @Uint32({ description: 'instrument_id of the first underlying.' })
  underlying_id!: number;

  @Int32({ description: 'Implied depth of the level feed.' })
  market_depth_implied!: number | null;

  @Int32({ description: 'Outright depth of the level feed.' })
  market_depth!: number | null;

  @Uint32({ description: 'Market segment.' })
  market_segment_id!: number | null;

  @Uint32({ description: 'Largest trade volume.' })
  max_trade_vol!: number | null;

  @Int32({ description: 'Smallest order entry quantity.' })
  min_lot_size!: number | null;

  @Int32({ description: 'Smallest block trade quantity.' })
  min_lot_size_block!: number | null;

  @Int32({ description: 'Round lot quantity.' })
  min_lot_size_round_lot!: number | null;

  @Uint32({ description: 'Smallest trade volume.' })
  min_trade_vol!: number | null;

  @Int32({ description: 'Deliverables per instrument (peak days).' })
  contract_multiplier!: number | null;

  @Int32({ description: 'Daily decay quantity after decay_start_date.' })
  decay_quantity!: number | null;

  @Int32({ description: 'Fixed contract value.' })
  original_contract_size!: number | null;

  @Uint32({ versions: [3], absent: 0, description: 'instrument_id of the leg.' })
  leg_instrument_id!: number;

  @Int32({ versions: [3], absent: 0, description: 'Leg price ratio, numerator.' })
  leg_ratio_price_numerator!: number;

  @Int32({ versions: [3], absent: 0, description: 'Leg price ratio, denominator.' })
  leg_ratio_price_denominator!: number;

  @Int32({ versions: [3], absent: 0, description: 'Leg quantity ratio, numerator.' })
  leg_ratio_qty_numerator!: number;

  @Int32({ versions: [3], absent: 0, description: 'Leg quantity ratio, denominator.' })
  leg_ratio_qty_denominator!: number;

  @Uint32({ versions: [3], absent: 0, description: "instrument_id of the leg's underlying." })
  leg_underlying_id!: number;

  @Int16({ description: 'Venue channel id.' })
  appl_id!: number | null;

  @Uint16({ description: 'Year in the symbol.' })
  maturity_year!: number | null;

  @Uint16({ description: 'Date that decay begins.' })
  decay_start_date!: number | null;

  @Uint16({ description: 'Feed channel number.' })
  channel_id!: number | null;

  @Uint16({ versions: [3], absent: 0, description: 'Number of legs, 0 for an outright.' })
  leg_count!: number;

  @Uint16({ versions: [3], absent: 0, description: 'Index of this leg, from 0.' })
  leg_index!: number;

  @Text(4, { description: 'Price currency.' })
  currency!: string;

  @Text(4, { description: 'Settlement currency if different.' })
  settl_currency!: string;

  @Text(6, { description: 'Strategy type of a spread.' })
  secsubtype!: string;

  @Text(71, { description: 'Publisher symbol.' })
  raw_symbol!: string;

  @Text(21, { description: 'Security group code.' })
  group!: string;

  @Text(5, { description: 'Exchange code.' })
  exchange!: string;

  @Text(11, { description: 'Product / root code.' })
  asset!: string;

  @Text(7, { description: 'ISO CFI code.' })
  cfi!: string;

  @Text(7, { description: 'Security type, e.g. FUT, OPT, OOF.' })
  security_type!: string;

  @Text(31, { description: 'Unit of the contract size.' })
  unit_of_measure!: string;

  @Text(21, { description: 'Symbol of the first underlying.' })
  underlying!: string;

  @Text(4, { description: 'Currency of the strike.' })
  strike_price_currency!: string;

  @Text(71, { versions: [3], absent: '', description: 'Publisher symbol of the leg.' })
  leg_raw_symbol!: string;

  @Char({
    description:
      'B bond, C call, F future, K stock, M mixed spread, P put, S future spread, T option spread, X FX spot …',
  })
  instrument_class!: string | null;

  @Char({ description: 'Matching algorithm; F first in first out, C pro rata, space undefined …' })
  match_algorithm!: string | null;

  @Uint8({ description: 'Denominator of the main fraction.' })
  main_fraction!: number | null;

  @Uint8({ description: 'Digits right of the tick mark.' })
  price_display_format!: number | null;

  @Uint8({ description: 'Denominator of the sub fraction.' })
  sub_fraction!: number | null;

  @Uint8({ description: 'Product complex.' })
  underlying_product!: number | null;

  @Char({ description: 'A added, M modified, D deleted.' })
  security_update_action!: string | null;

  @Uint8({ description: 'Month in the symbol.' })
  maturity_month!: number | null;

  @Uint8({ description: 'Day in the symbol.' })
  maturity_day!: number | null;

  @Uint8({ description: 'Week in the symbol.' })
  maturity_week!: number | null;

  @Char({ description: 'Y or N.' })
  user_defined_instrument!: string | null;

  @Int8({ description: '1 hours, 2 days.' })
  contract_multiplier_unit!: number | null;

  @Int8({ description: 'Electricity delivery schedule.' })
  flow_schedule_type!: number | null;

  @Uint8({ description: 'Tick rule of the spread.' })
  tick_rule!: number | null;

  @Char({ versions: [3], absent: null, description: 'Instrument class of the leg.' })
  leg_instrument_class!: string | null;

  @Char({ versions: [3], absent: 'N', description: 'Side of the leg when buying the spread: A, B, N.' })
  leg_side!: string | null;

  // these four exist in DBN versions 1 and 2 only: their columns come last
  @Price({ versions: [1, 2], description: 'Settlement price on trading_reference_date; DBN versions 1 and 2 only.' })
  trading_reference_price!: bigint | null;

  @Uint16({
    versions: [1, 2],
    description: 'Date of the reference price, days since 1970-01-01; DBN versions 1 and 2 only.',
  })
  trading_reference_date!: number | null;

  @Uint8({ versions: [1, 2], description: 'Trading state code; DBN versions 1 and 2 only.' })
  md_security_trading_status!: number | null;

  @Uint8({ versions: [1, 2], description: 'Bitmap of the settlement price type; DBN versions 1 and 2 only.' })
  settl_price_type!: number | null;
}
