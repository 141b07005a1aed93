import { Char, Int32, MarketRecord, Nanos, Price, Record, Uint32, Uint8 } from 'tickloom/plugin/core';

/** One trade with the best bid and offer just before it. */
@Record({ dbn: 'mbp-1' })
export class TradeWithQuote extends MarketRecord {
  @Price({ description: 'Trade price.' })
  price!: bigint | null;

  @Uint32({ description: 'Trade quantity.' })
  size!: number | null;

  @Char({ description: 'Event action; T in this schema.' })
  action!: string | null;

  @Char({ description: 'Side of the aggressor: A ask, B bid, N none.' })
  side!: string | null;

  @Uint8({ description: 'Bit set; 128 is the last record of the event.' })
  flags!: number;

  @Uint8({ description: 'Book level that the event touched, 0 is the top.' })
  depth!: number;

  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Int32({ description: 'ts_recv minus the sending time of the venue, ns.' })
  ts_in_delta!: number;

  @Uint32({ description: "Sequence number of the venue's message; no key." })
  sequence!: number;

  @Price({ wire: 'bid_px_00', description: 'Best bid price before the trade.' })
  bid_px!: bigint | null;

  @Price({ wire: 'ask_px_00', description: 'Best ask price before the trade.' })
  ask_px!: bigint | null;

  @Uint32({ wire: 'bid_sz_00', description: 'Quantity at the best bid.' })
  bid_sz!: number;

  @Uint32({ wire: 'ask_sz_00', description: 'Quantity at the best ask.' })
  ask_sz!: number;

  @Uint32({ wire: 'bid_ct_00', description: 'Orders at the best bid.' })
  bid_ct!: number;

  @Uint32({ wire: 'ask_ct_00', description: 'Orders at the best ask.' })
  ask_ct!: number;
}
