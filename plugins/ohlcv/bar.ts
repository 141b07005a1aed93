import { IsNotBelow, MarketRecord, Nanos, Price, Record, Uint64 } from 'tickloom/plugin/core';

/** Open, high, low, close and volume of one interval; `ts_event` is its start. */
@Record({ dbn: 'ohlcv' })
export class Bar extends MarketRecord {
  @Nanos({ description: 'Start of the bar, inclusive.' })
  override ts_event!: bigint;

  @IsNotBelow('low')
  @Price({ description: 'First trade price of the bar.' })
  open!: bigint | null;

  @IsNotBelow('close')
  @IsNotBelow('open')
  @IsNotBelow('low')
  @Price({ description: 'Highest trade price.' })
  high!: bigint | null;

  @Price({ description: 'Lowest trade price.' })
  low!: bigint | null;

  @IsNotBelow('low')
  @Price({ description: 'Last trade price of the bar.' })
  close!: bigint | null;

  @Uint64({ description: 'Total traded quantity in the bar.' })
  volume!: bigint;
}
