import type { PlainFields } from 'tickloom/plugin/core';

/** The best bid and offer of all venues: in place of the number of orders stands the venue that shows it. */
export const CONSOLIDATED_LEVEL = {
  bid_px: { type: 'price', description: 'Best bid price of all venues.' },
  ask_px: { type: 'price', description: 'Best ask price of all venues.' },
  bid_sz: { type: 'uint32', description: 'Quantity at the best bid.' },
  ask_sz: { type: 'uint32', description: 'Quantity at the best ask.' },
  bid_pb: { type: 'uint16', description: 'Publisher id of the venue that shows the best bid.' },
  ask_pb: { type: 'uint16', description: 'Publisher id of the venue that shows the best ask.' },
} as const satisfies PlainFields;
