import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { Bar } from './bar.js';

export const ohlcv = defineSchemaPlugin({
  name: 'ohlcv',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Bars with open, high, low, close and volume; none for an interval without trades.',
  schemas: [
    { name: 'ohlcv-1s', rtype: 0x20, table: 'ohlcv_1s', description: 'Bars of one second; none without trades.' },
    { name: 'ohlcv-1m', rtype: 0x21, table: 'ohlcv_1m', description: 'Bars of one minute; none without trades.' },
    { name: 'ohlcv-1h', rtype: 0x22, table: 'ohlcv_1h', description: 'Bars of one hour; none without trades.' },
    { name: 'ohlcv-1d', rtype: 0x23, table: 'ohlcv_1d', description: 'Bars of one UTC day; none without trades.' },
    {
      name: 'ohlcv-eod',
      rtype: 0x24,
      table: 'ohlcv_eod',
      description: 'Bars of one trading session; none without trades.',
    },
  ],
  model: Bar,
});
export default ohlcv;
