import { Char, levels, Price, Record, Uint32, withFields } from 'tickloom/plugin/core';
import { ConsolidatedEvent } from '../book/consolidated-event.js';
import { CONSOLIDATED_LEVEL } from '../book/consolidated-level.js';

/** One trade with the best bid and offer of all venues just before it. */
@Record({ dbn: 'cmbp-1' })
export class TradeWithConsolidatedQuote extends withFields(ConsolidatedEvent, levels(1, CONSOLIDATED_LEVEL)) {
  @Price({ description: 'Trade price.' })
  override price!: bigint | null;

  @Uint32({ description: 'Trade quantity.' })
  override size!: number | null;

  @Char({ description: 'Event action; T in this schema.' })
  override action!: string | null;

  @Char({ description: 'Side of the aggressor: A ask, B bid, N none.' })
  override side!: string | null;
}
