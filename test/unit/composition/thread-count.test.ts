import { expect } from 'chai';
import { threadCount, worthAThread } from '../../../src/composition/threads/thread-count.js';

const MIB = 1024 * 1024;

describe('the threads of a run', () => {
  it('are none where the main thread is fast enough, or the cores are the database’s', () => {
    expect(threadCount('auto', 1, 64)).to.equal(0);
    expect(threadCount('auto', 2, 64)).to.equal(0);
    expect(threadCount('auto', 8, 3)).to.equal(0);
  });

  it('are one for two chunks, and leave a core to the main thread', () => {
    expect(threadCount('auto', 3, 4)).to.equal(2);
    expect(threadCount('auto', 5, 16)).to.equal(3);
    expect(threadCount('auto', 16, 4)).to.equal(3);
    expect(threadCount('auto', 64, 128)).to.equal(8);
  });

  it('are as many as they are told to be, and no more than chunks', () => {
    expect(threadCount(0, 8, 64)).to.equal(0);
    expect(threadCount(3, 8, 2)).to.equal(3);
    expect(threadCount(3, 2, 64)).to.equal(2);
  });

  it('take files that are large enough to pay for one, and all when they are told to', () => {
    expect(worthAThread('auto', 8 * MIB)).to.equal(true);
    expect(worthAThread('auto', 8 * MIB - 1)).to.equal(false);
    expect(worthAThread('auto', null)).to.equal(false);
    expect(worthAThread(1, null)).to.equal(true);
  });
});
