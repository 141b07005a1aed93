import {
  encodeRecord,
  layoutNamed,
  type DbnVersion,
  type RecordInput,
  type RecordLayout,
} from '../../../core/dbn/index.js';
import { spreadDefinition } from '../../../core/sample/spread-definition.js';
import { sinceMidnight, type TradingDay } from '../../../core/sample/trading-days.js';
import { NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import type { MarketContract } from './contract-row.js';
import type { MarketInstrument } from './day-listing.js';
import type { RecordBlock } from './record-block.js';

const WHOLE = 1_000_000_000n;
const HOUR_NS = 3_600_000_000_000;
const EXPIRY_HOUR = 21n * 3_600_000_000_000n;
const LISTED_DAYS = 400;
const MILLISECOND_NS = 1_000_000;
/** Definitions that come in one packet, at one time. */
const PER_PACKET = 4;

/**
 * The definition of an instrument: as the session opens, when the exchange lists everything in packets, and for the
 * nearest contract a change in the middle of the day. A spread has a record for each leg from version 3 on.
 *
 * @param place of the instrument in the day's list
 */
export function definitionBlock(
  instrument: MarketInstrument,
  day: TradingDay,
  publisherId: number,
  version: DbnVersion,
  place: number,
): RecordBlock {
  const layout = layoutNamed('definition', version) as RecordLayout;
  const midnight = BigInt(day.day) * NS_PER_DAY;
  const listed = sinceMidnight(day, Math.floor(place / PER_PACKET) * MILLISECOND_NS);
  const legs = legsOf(instrument, version);
  const changes = instrument.rank === 0 && instrument.far === null;
  const times = [...legs.map(() => listed), ...(changes ? [sinceMidnight(day, HOUR_NS)] : [])];
  const bytes = new Uint8Array(times.length * layout.size);
  times.forEach((received, index) => {
    const time = midnight + BigInt(received);
    const values: RecordInput = {
      ...shared(instrument, publisherId),
      ...legs[index % legs.length],
      ts_recv: time,
      ts_event: time - 50_000n,
      security_update_action: index < legs.length ? 'A' : 'M',
    };
    bytes.set(encodeRecord(layout, values), index * layout.size);
  });
  return { bytes, recordSize: layout.size, count: times.length, times: Float64Array.from(times) };
}

/** What is known of an instrument beyond its terms; the legs of a spread in version 3. */
function legsOf({ near, far, root }: MarketInstrument, version: DbnVersion): RecordInput[] {
  const price = BigInt(root.price * root.tick);
  if (far === null) {
    const limits = { high_limit_price: (price * 107n) / 100n, low_limit_price: (price * 93n) / 100n };
    return [{ ...limits, instrument_class: 'F', security_type: 'FUT', cfi: 'FFXPSX' }];
  }
  return spreadDefinition(near, far, { limit: BigInt(100 * root.tick), version });
}

function shared({ near, root, instrumentId, rawSymbol }: MarketInstrument, publisherId: number): RecordInput {
  return {
    publisher_id: publisherId,
    instrument_id: instrumentId,
    raw_instrument_id: instrumentId,
    raw_symbol: rawSymbol,
    min_price_increment: root.tick,
    display_factor: WHOLE,
    expiration: expirationOf(near),
    activation: BigInt(near.lastDay - LISTED_DAYS) * NS_PER_DAY,
    max_price_variation: BigInt(20 * root.tick),
    unit_of_measure_qty: BigInt(root.unitQuantity) * WHOLE,
    min_price_increment_amount: BigInt(root.tick) * BigInt(root.unitQuantity),
    market_depth: 10,
    market_depth_implied: 2,
    market_segment_id: 64,
    max_trade_vol: 3_000,
    min_trade_vol: 1,
    maturity_year: near.year,
    maturity_month: near.month,
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

const expirationOf = ({ lastDay }: MarketContract): bigint => BigInt(lastDay) * NS_PER_DAY + EXPIRY_HOUR;
