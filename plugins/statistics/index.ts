import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { Statistic } from './statistic.js';

export const statistics = defineSchemaPlugin({
  name: 'statistics',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Statistics that venues publish: settlement prices, open interest, session highs and lows.',
  schemas: [{ name: 'statistics', rtype: 0x18, table: 'statistics' }],
  model: Statistic,
});
export default statistics;
