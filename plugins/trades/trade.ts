import { Char, Int32, MarketRecord, Nanos, Price, Record, Uint32, Uint8 } from 'tickloom/plugin/core';

/** One trade as the venue printed it. */
@Record({ dbn: 'trade' })
export class Trade extends MarketRecord {
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
}
