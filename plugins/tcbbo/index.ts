import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { TradeWithConsolidatedQuote } from './trade-with-consolidated-quote.js';

export const tcbbo = defineSchemaPlugin({
  name: 'tcbbo',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every trade with the best bid and offer of all venues just before it, one row each.',
  schemas: [{ name: 'tcbbo', rtype: 0xc2, table: 'tcbbo' }],
  model: TradeWithConsolidatedQuote,
});
export default tcbbo;
