import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { MarketByPrice1 } from './market-by-price.js';

export const mbp1 = defineSchemaPlugin({
  name: 'mbp-1',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every change of the best bid and offer, and every trade, with the top of the book after it.',
  schemas: [{ name: 'mbp-1', rtype: 0x01, table: 'mbp_1' }],
  model: MarketByPrice1,
});
export default mbp1;
