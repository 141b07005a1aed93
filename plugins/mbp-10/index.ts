import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { MarketByPrice10 } from './market-by-price.js';

export const mbp10 = defineSchemaPlugin({
  name: 'mbp-10',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every change of the ten best levels, and every trade, with all ten after it.',
  schemas: [{ name: 'mbp-10', rtype: 0x0a, table: 'mbp_10' }],
  model: MarketByPrice10,
});
export default mbp10;
