import type { DataRequest } from './data-request.js';
import type { GatewayState } from './gateway-call.js';
import type { UnitPrices } from './served-dataset.js';

export const PRICE_MODES = ['historical', 'historical-streaming', 'live'] as const;
export type PriceMode = (typeof PRICE_MODES)[number];

/** USD per GB by schema, of the size that the vendor asks for futures. */
export const DEFAULT_UNIT_PRICES: UnitPrices = {
  mbo: 1.8,
  'mbp-1': 2.2,
  'mbp-10': 1.3,
  tbbo: 25.0,
  trades: 28.0,
  'ohlcv-1s': 280.0,
  'ohlcv-1m': 280.0,
  'ohlcv-1h': 600.0,
  'ohlcv-1d': 600.0,
  definition: 5.0,
  statistics: 11.0,
  status: 5.0,
};
const UNKNOWN_SCHEMA_PRICE = 5.0;
/** Live data costs a little more. */
const LIVE_FACTOR = 1.2;

/** USD per GB. */
export function unitPrice(prices: UnitPrices, schema: string, mode: PriceMode): number {
  const price = prices[schema] ?? UNKNOWN_SCHEMA_PRICE;
  return mode === 'live' ? Math.round(price * LIVE_FACTOR * 100) / 100 : price;
}

export function usdPerByte({ bytesPerGb }: GatewayState, { dataset, schema }: DataRequest, mode: PriceMode): number {
  return unitPrice(dataset.unitPrices, schema, mode) / bytesPerGb;
}
