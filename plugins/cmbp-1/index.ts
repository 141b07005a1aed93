import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { ConsolidatedMarketByPrice1 } from './consolidated-market-by-price.js';

export const cmbp1 = defineSchemaPlugin({
  name: 'cmbp-1',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every change of the best bid and offer of all venues, and every trade, with that quote after it.',
  schemas: [{ name: 'cmbp-1', rtype: 0xb1, table: 'cmbp_1' }],
  model: ConsolidatedMarketByPrice1,
});
export default cmbp1;
