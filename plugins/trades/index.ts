import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { Trade } from './trade.js';

export const trades = defineSchemaPlugin({
  name: 'trades',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every trade, one row each.',
  schemas: [{ name: 'trades', rtype: 0x00, table: 'trades' }],
  model: Trade,
});
export default trades;
