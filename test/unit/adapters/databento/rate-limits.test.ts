import { expect } from 'chai';
import { RateLimits, type ClientClock } from '../../../../src/adapters/databento/calls/rate-limits.js';

/** Time that a test moves. Sleeps are noted, and end at once. */
class StoppedClock implements ClientClock {
  ms = 0;
  readonly sleeps: number[] = [];
  now = (): Date => new Date(this.ms);
  monotonicMs = (): number => this.ms;
  sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    this.sleeps.push(ms);
    signal?.throwIfAborted();
  };
}

describe('the rate limits', () => {
  it('let as many start at once as the service grants, and space the others out', async () => {
    const clock = new StoppedClock();
    const limits = new RateLimits(clock);
    for (let index = 0; index < 45; index++) await limits.take('metadata');
    expect(clock.sleeps).to.deep.equal([...Array<number>(20).fill(1050), ...Array<number>(5).fill(2100)]);
  });

  it('wait no longer than until the oldest start is out of the window', async () => {
    const clock = new StoppedClock();
    const limits = new RateLimits(clock);
    for (let index = 0; index < 20; index++) {
      clock.ms = index * 10;
      await limits.take('list_jobs');
    }
    clock.ms = 1000;
    await limits.take('list_jobs');
    expect(clock.sleeps).to.deep.equal([50]);
    clock.ms = 5000;
    await limits.take('list_jobs');
    expect(clock.sleeps).to.have.lengthOf(1);
  });

  it('count each family for itself, and submissions by the minute', async () => {
    const clock = new StoppedClock();
    const limits = new RateLimits(clock);
    for (let index = 0; index < 100; index++) await limits.take('timeseries');
    for (let index = 0; index < 100; index++) await limits.take('symbology');
    for (let index = 0; index < 20; index++) await limits.take('submit_job');
    expect(clock.sleeps).to.deep.equal([]);
    await limits.take('submit_job');
    expect(clock.sleeps).to.deep.equal([60_500]);
  });

  it('end a wait that is aborted', async () => {
    const clock = new StoppedClock();
    const limits = new RateLimits(clock);
    for (let index = 0; index < 20; index++) await limits.take('metadata');
    const reason = new Error('stop');
    const outcome = await limits.take('metadata', AbortSignal.abort(reason)).catch((error: unknown) => error);
    expect(outcome).to.equal(reason);
  });
});
