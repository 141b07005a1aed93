import { levels, Record, withFields } from 'tickloom/plugin/core';
import { BookEvent } from '../book/book-event.js';
import { BOOK_LEVEL } from '../book/book-level.js';

/** One event that changed the best bid or offer, or a trade, with the top of the book after it. */
@Record({ dbn: 'mbp-1' })
export class MarketByPrice1 extends withFields(BookEvent, levels(1, BOOK_LEVEL)) {}
