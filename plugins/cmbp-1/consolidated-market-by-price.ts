import { levels, Record, withFields } from 'tickloom/plugin/core';
import { ConsolidatedEvent } from '../book/consolidated-event.js';
import { CONSOLIDATED_LEVEL } from '../book/consolidated-level.js';

/** One event that changed the best bid or offer of all venues, or a trade, with that quote after it. */
@Record({ dbn: 'cmbp-1' })
export class ConsolidatedMarketByPrice1 extends withFields(ConsolidatedEvent, levels(1, CONSOLIDATED_LEVEL)) {}
