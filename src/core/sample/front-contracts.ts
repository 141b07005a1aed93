import { continuousSymbols, contractAt, eras, ROOTS, type ContinuousSymbol, type Root } from './contracts.js';
import type { Random } from './random.js';
import type { CheckedRequest } from './sample-request.js';

/** How far from where it started a price may wander: a quarter of it. */
const LEASH = 4;

/** The instruments of a sample as they trade: which contract each symbol means on a day, and what it costs. */
export class FrontContracts {
  readonly count: number;
  private readonly symbols: readonly ContinuousSymbol[];
  /** For each era the ids, in the order of the symbols. */
  private readonly ids: readonly Uint32Array[];
  private readonly eraOfDay: Uint16Array;
  /** Last price in ticks. */
  private readonly ticks: Int32Array;
  private readonly tickSizes: Float64Array;
  private readonly starts: Int32Array;

  constructor({ instruments, startDay, days }: CheckedRequest) {
    this.count = instruments;
    this.symbols = continuousSymbols(instruments);
    const ranges = eras(startDay, days);
    this.ids = ranges.map((era) =>
      Uint32Array.from(
        this.symbols,
        ({ rootIndex, rank }) => contractAt(rootIndex, era.index + rank, startDay).instrumentId,
      ),
    );
    this.eraOfDay = new Uint16Array(days);
    for (const era of ranges) this.eraOfDay.fill(era.index, era.startDay - startDay, era.endDay - startDay);
    const roots = this.symbols.map(({ rootIndex }) => ROOTS[rootIndex] as Root);
    this.starts = Int32Array.from(roots, (product) => product.price);
    this.ticks = this.starts.slice();
    this.tickSizes = Float64Array.from(roots, (product) => product.tick);
  }

  instrumentId(position: number, dayIndex: number): number {
    return (this.ids[this.eraOfDay[dayIndex] as number] as Uint32Array)[position] as number;
  }

  /** In 1e-9. */
  tickSize(position: number): number {
    return this.tickSizes[position] as number;
  }

  /** Moves the price by up to `most` ticks either way and gives it, in ticks. */
  walk(position: number, most: number, random: Random): number {
    const start = this.starts[position] as number;
    const last = this.ticks[position] as number;
    const step = random.below(2 * most + 1) - most;
    const next = Math.abs(last + step - start) * LEASH < start ? last + step : last - step;
    this.ticks[position] = next;
    return next;
  }
}
