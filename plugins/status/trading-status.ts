import { Char, MarketRecord, Nanos, Record, Uint16 } from 'tickloom/plugin/core';

/** One change of an instrument's trading status: an opening, a halt, a close. */
@Record({ dbn: 'status' })
export class TradingStatus extends MarketRecord {
  @Nanos({ description: 'Time of receipt at the capture server.' })
  ts_recv!: bigint;

  @Uint16({ description: 'Kind of the change: 1 pre-open, 7 trading, 8 halt, 9 pause, 12 close …' })
  action!: number;

  @Uint16({ description: 'Why: 1 scheduled, 2 surveillance, 30 news pending, 50 LULD pause …; 0 none.' })
  reason!: number;

  @Uint16({ description: 'What else: 1 no cancel, 2 new session, 3 implied matching on, 4 off; 0 none.' })
  trading_event!: number;

  @Char({ description: 'Whether it is traded: Y yes, N no, ~ not known.' })
  is_trading!: string | null;

  @Char({ description: 'Whether it is quoted: Y yes, N no, ~ not known.' })
  is_quoting!: string | null;

  @Char({ description: 'Whether short sales are restricted: Y yes, N no, ~ not known.' })
  is_short_sell_restricted!: string | null;
}
