import { levels, Record, withFields } from 'tickloom/plugin/core';
import { BookEvent } from '../book/book-event.js';
import { BOOK_LEVEL } from '../book/book-level.js';

/** One event in the ten best levels of a book, with all ten after it. */
@Record({ dbn: 'mbp-10' })
export class MarketByPrice10 extends withFields(BookEvent, levels(10, BOOK_LEVEL)) {}
