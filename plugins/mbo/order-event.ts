import { Char, Int32, MarketRecord, Nanos, Price, Record, Uint32, Uint64, Uint8 } from 'tickloom/plugin/core';

/** One event of one order: added, changed, cancelled, traded, filled. */
@Record({ dbn: 'mbo' })
export class OrderEvent extends MarketRecord {
  @Uint64({ column: 'numeric', description: 'Order number given by the venue.' })
  order_id!: bigint;

  @Price({ description: 'Order price.' })
  price!: bigint | null;

  @Uint32({ description: 'Order quantity.' })
  size!: number | null;

  @Uint8({ description: 'Bit set; 128 is the last record of the event.' })
  flags!: number;

  @Uint8({ description: 'Number of the feed channel.' })
  channel_id!: number | null;

  @Char({ description: 'Event action: A add, C cancel, M modify, R clear the book, T trade, F fill, N none.' })
  action!: string | null;

  @Char({ description: 'Side of the order, of a trade that of the aggressor: A ask, B bid, N none.' })
  side!: string | null;

  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Int32({ description: 'ts_recv minus the sending time of the venue, ns.' })
  ts_in_delta!: number;

  @Uint32({ description: "Sequence number of the venue's message; no key." })
  sequence!: number;
}
