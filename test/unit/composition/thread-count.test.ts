import { expect } from 'chai';
import { threadCount, worthAThread, type RunLoad } from '../../../src/composition/threads/thread-count.js';

const MIB = 1024 * 1024;

const chunks = (count: number): RunLoad => ({ chunks: count, connections: count });

describe('the threads of a run', () => {
  it('are none where the main thread is fast enough, or the cores are the database’s', () => {
    expect(threadCount('auto', chunks(1), 64)).to.equal(0);
    expect(threadCount('auto', chunks(2), 64)).to.equal(0);
    expect(threadCount('auto', chunks(8), 3)).to.equal(0);
  });

  it('are one for two chunks, and leave a core to the main thread', () => {
    expect(threadCount('auto', chunks(3), 4)).to.equal(2);
    expect(threadCount('auto', chunks(5), 16)).to.equal(3);
    expect(threadCount('auto', chunks(16), 4)).to.equal(3);
    expect(threadCount('auto', chunks(64), 128)).to.equal(8);
  });

  it('are no more than chunks where large ones are loaded over many connections', () => {
    expect(threadCount('auto', { chunks: 1, connections: 4 }, 8)).to.equal(1);
    expect(threadCount('auto', { chunks: 2, connections: 2 }, 8)).to.equal(0);
  });

  it('are as many as they are told to be, and no more than chunks', () => {
    expect(threadCount(0, chunks(8), 64)).to.equal(0);
    expect(threadCount(3, chunks(8), 2)).to.equal(3);
    expect(threadCount(3, chunks(2), 64)).to.equal(2);
  });

  it('take files that are large enough to pay for one, and all when they are told to', () => {
    expect(worthAThread('auto', 8 * MIB)).to.equal(true);
    expect(worthAThread('auto', 8 * MIB - 1)).to.equal(false);
    expect(worthAThread('auto', null)).to.equal(false);
    expect(worthAThread(1, null)).to.equal(true);
  });
});
