import { defineSchemaPlugin } from 'tickloom/plugin/core';
import { AuctionImbalance } from './auction-imbalance.js';

export const imbalance = defineSchemaPlugin({
  name: 'imbalance',
  version: '1.0.0',
  apiVersion: 1,
  description: 'Imbalances of auctions: what pairs at which price, and what is left over.',
  schemas: [{ name: 'imbalance', rtype: 0x14, table: 'imbalance' }],
  model: AuctionImbalance,
});
export default imbalance;
