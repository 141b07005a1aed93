import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { BestQuote } from './best-quote.js';

export const bbo = defineSchemaPlugin({
  name: 'bbo',
  version: '1.0.0',
  apiVersion: 1,
  description: 'The best bid and offer at the end of each interval, with the last trade.',
  schemas: [
    {
      name: 'bbo-1s',
      rtype: 0xc3,
      table: 'bbo_1s',
      description: 'The best bid and offer of each second, with the last trade.',
    },
    {
      name: 'bbo-1m',
      rtype: 0xc4,
      table: 'bbo_1m',
      description: 'The best bid and offer of each minute, with the last trade.',
    },
  ],
  model: BestQuote,
});
export default bbo;
