import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { TradingStatus } from './trading-status.js';

export const status = defineSchemaPlugin({
  name: 'status',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Changes of the trading status of instruments: openings, halts, closes.',
  schemas: [{ name: 'status', rtype: 0x12, table: 'status' }],
  model: TradingStatus,
});
export default status;
