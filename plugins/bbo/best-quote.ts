import { levels, Record, Uint32, withFields } from 'tickloom/plugin/core';
import { BOOK_LEVEL } from '../book/book-level.js';
import { SampledQuote } from '../book/sampled-quote.js';

/** The best bid and offer at the end of an interval, with the last trade before it. */
@Record({ dbn: 'bbo' })
export class BestQuote extends withFields(SampledQuote, levels(1, BOOK_LEVEL)) {
  @Uint32({ description: "Sequence number of the venue's last message; no key." })
  sequence!: number;
}
