import { expect } from 'chai';
import { RateLimits } from '../../../src/testing/gateway/rate-limits.js';

describe('the rate limits of the stand-in gateway', () => {
  /** How many of so many requests at one time are let through. */
  const allowed = (limits: RateLimits, endpoint: string, count: number, now: number): number => {
    let passed = 0;
    for (let index = 0; index < count; index += 1) {
      try {
        limits.check(endpoint, now);
        passed += 1;
      } catch (error) {
        expect(error).to.include({ status: 429 });
      }
    }
    return passed;
  };

  it('are those of the service, for each kind of request', () => {
    const limits = new RateLimits();
    expect(allowed(limits, 'metadata.get_cost', 30, 0)).to.equal(20);
    expect(allowed(limits, 'metadata.list_schemas', 1, 500)).to.equal(0);
    expect(allowed(limits, 'timeseries.get_range', 200, 500)).to.equal(100);
    expect(allowed(limits, 'symbology.resolve', 200, 500)).to.equal(100);
    expect(allowed(limits, 'batch.list_jobs', 30, 500)).to.equal(20);
    expect(allowed(limits, 'batch.list_files', 500, 500)).to.equal(500);
  });

  it('let requests through again when the second, or for jobs the minute, is over', () => {
    const limits = new RateLimits();
    expect(allowed(limits, 'metadata.get_cost', 20, 0)).to.equal(20);
    expect(allowed(limits, 'metadata.get_cost', 5, 1_000)).to.equal(5);
    expect(allowed(limits, 'batch.submit_job', 21, 0)).to.equal(20);
    expect(allowed(limits, 'batch.submit_job', 1, 59_999)).to.equal(0);
    expect(allowed(limits, 'batch.submit_job', 1, 60_000)).to.equal(1);
  });
});
