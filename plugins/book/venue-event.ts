import { Char, MarketRecord, Price, Uint32, Uint8 } from 'tickloom/plugin/core';

/** What an event of any feed of books begins with. */
export abstract class VenueEvent extends MarketRecord {
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
}
