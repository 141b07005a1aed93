import type { PlainFields } from 'tickloom/plugin/core';

/** One level of an instrument's book at one venue. A side without a quote has no price, size 0 and count 0. */
export const BOOK_LEVEL = {
  bid_px: { type: 'price', description: 'Bid price.' },
  ask_px: { type: 'price', description: 'Ask price.' },
  bid_sz: { type: 'uint32', description: 'Quantity at the bid.' },
  ask_sz: { type: 'uint32', description: 'Quantity at the ask.' },
  bid_ct: { type: 'uint32', description: 'Orders at the bid.' },
  ask_ct: { type: 'uint32', description: 'Orders at the ask.' },
} as const satisfies PlainFields;
