import { Int32, Int64, MarketRecord, Nanos, Price, Record, Uint16, Uint32, Uint8 } from 'tickloom/plugin/core';

/** One statistic that a venue published: a settlement price, an open interest, a session's high … */
@Record({ dbn: 'statistics' })
export class Statistic extends MarketRecord {
  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Nanos({ description: 'Reference time of the value, e.g. the trading date.' })
  ts_ref!: bigint | null;

  @Price({ description: 'Value of a price statistic.' })
  price!: bigint | null;

  @Int64({ description: 'Value of a statistic that is no price.' })
  quantity!: bigint | null;

  @Uint32({ description: "Sequence number of the venue's message; no key." })
  sequence!: number;

  @Int32({ description: 'ts_recv minus the sending time of the venue, ns.' })
  ts_in_delta!: number;

  @Uint16({ description: 'Kind of the statistic: 3 settlement price, 6 cleared volume, 9 open interest …' })
  stat_type!: number;

  @Uint16({ description: 'Number of the feed channel.' })
  channel_id!: number | null;

  @Uint8({ description: '1 new, 2 delete.' })
  update_action!: number;

  @Uint8({ description: 'More bits for some kinds.' })
  stat_flags!: number;
}
