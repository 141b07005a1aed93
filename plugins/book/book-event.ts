import { Char, Int32, IsVenuePrice, MarketRecord, Nanos, Price, Uint32, Uint8 } from 'tickloom/plugin';

/** One event that changed a book, without the book behind it: what mbp-1 and mbp-10 have in common. */
export abstract class BookEvent extends MarketRecord {
  @IsVenuePrice()
  @Price({ description: 'Price of the event.' })
  price!: bigint | null;

  @Uint32({ description: 'Quantity of the event.' })
  size!: number | null;

  @Char({ description: 'Event action: A add, C cancel, M modify, R clear the book, T trade, F fill, N none.' })
  action!: string | null;

  @Char({ description: 'Side of the order, of a trade that of the aggressor: A ask, B bid, N none.' })
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
