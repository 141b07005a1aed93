import { levels, Record, withFields } from 'tickloom/plugin/core';
import { CONSOLIDATED_LEVEL } from '../book/consolidated-level.js';
import { SampledQuote } from '../book/sampled-quote.js';

/** The best bid and offer of all venues at the end of an interval, with the last trade before it. */
@Record({ dbn: 'cbbo' })
export class ConsolidatedBestQuote extends withFields(SampledQuote, levels(1, CONSOLIDATED_LEVEL)) {}
