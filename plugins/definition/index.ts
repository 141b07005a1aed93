import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { InstrumentDefinition } from './instrument-definition.js';

export const definition = defineSchemaPlugin({
  name: 'definition',
  version: '1.0.0',
  apiVersion: 1,
  description: 'What instruments are: symbol, class, tick, expiration, legs; one row for each change.',
  schemas: [{ name: 'definition', rtype: 0x13, table: 'definition' }],
  model: InstrumentDefinition,
});
export default definition;
