import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { TradeWithQuote } from './trade-with-quote.js';

export const tbbo = defineSchemaPlugin({
  name: 'tbbo',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every trade with the best bid and offer just before it, one row each.',
  schemas: [{ name: 'tbbo', rtype: 0x01, table: 'tbbo' }],
  model: TradeWithQuote,
});
export default tbbo;
