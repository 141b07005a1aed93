import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { OrderEvent } from './order-event.js';

export const mbo = defineSchemaPlugin({
  name: 'mbo',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Every event of every order, one row each: the book order by order.',
  schemas: [{ name: 'mbo', rtype: 0xa0, table: 'mbo' }],
  model: OrderEvent,
});
export default mbo;
