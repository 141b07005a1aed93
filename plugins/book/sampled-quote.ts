import { Char, MarketRecord, Nanos, Price, Uint32, Uint8 } from 'tickloom/plugin/core';

/** A quote at the end of an interval, with the last trade before it: what bbo and cbbo have in common. */
export abstract class SampledQuote extends MarketRecord {
  @Nanos({ description: 'Time of the last event before the end of the interval.' })
  override ts_event!: bigint | null;

  @Price({ description: 'Price of the last trade of the session.' })
  price!: bigint | null;

  @Uint32({ description: 'Quantity of the last trade.' })
  size!: number | null;

  @Char({ description: 'Side of the aggressor in the last trade: A ask, B bid, N none.' })
  side!: string | null;

  @Uint8({ description: 'Bit set; 128 is the last record of the event.' })
  flags!: number;

  @Nanos({ description: 'End of the interval.' })
  ts_recv!: bigint;
}
