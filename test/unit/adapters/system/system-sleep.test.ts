import { expect } from 'chai';
import { systemSleep } from '../../../../src/adapters/system/system-sleep.js';

describe('the sleep of this system', () => {
  it('ends by itself', async () => {
    await systemSleep(1);
    await systemSleep(1, new AbortController().signal);
  });

  it('ends at once, with the reason, when it is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const outcome = systemSleep(3_600_000, stop.signal).catch((error: unknown) => error);
    stop.abort(reason);
    expect(await outcome).to.equal(reason);
  });
});
