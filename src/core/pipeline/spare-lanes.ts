import type { SpareConnections } from '../sink/sink.js';

/** What of a run's concurrency is left over when there are fewer chunks to load than it allows at the same time. */
export class SpareLanes implements SpareConnections {
  #taken = 0;

  /**
   * @param concurrency connections that the run may load over
   * @param chunks that are not done yet
   */
  constructor(
    private readonly concurrency: number,
    private chunks: number,
  ) {}

  take(): boolean {
    if (Math.min(this.chunks, this.concurrency) + this.#taken >= this.concurrency) return false;
    this.#taken += 1;
    return true;
  }

  giveBack(): void {
    this.#taken -= 1;
  }

  /** One chunk less will need a connection. */
  chunkDone(): void {
    this.chunks -= 1;
  }
}
