import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { ConsolidatedBestQuote } from './consolidated-best-quote.js';

export const cbbo = defineSchemaPlugin({
  name: 'cbbo',
  version: '1.0.0',
  apiVersion: 1,
  description: 'The best bid and offer of all venues at the end of each interval, with the last trade.',
  schemas: [
    {
      name: 'cbbo-1s',
      rtype: 0xc0,
      table: 'cbbo_1s',
      description: 'The best bid and offer of all venues of each second, with the last trade.',
    },
    {
      name: 'cbbo-1m',
      rtype: 0xc1,
      table: 'cbbo_1m',
      description: 'The best bid and offer of all venues of each minute, with the last trade.',
    },
  ],
  model: ConsolidatedBestQuote,
});
export default cbbo;
