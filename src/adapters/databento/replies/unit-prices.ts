import { amountOf, Converted, Text } from './fields.js';

/** One entry of metadata.list_unit_prices. */
export class UnitPrices {
  /** `historical`, `historical-streaming`, `live`, or one that the vendor adds. */
  @Text() mode!: string;
  /** US dollars per GB by schema, as the digits of the reply. */
  @Converted('an object of numbers not below 0', pricesOf) unit_prices!: ReadonlyMap<string, string>;
}

function pricesOf(value: unknown): ReadonlyMap<string, string> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const prices = new Map<string, string>();
  for (const [schema, price] of Object.entries(value)) {
    const amount = amountOf(price);
    if (amount === undefined) return undefined;
    prices.set(schema, amount);
  }
  return prices;
}
