import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { RowThreads } from '../../../src/adapters/threads/index.js';
import { rejected } from '../../support/thrown.js';

describe('threads that start later than the first', () => {
  let folder: string;
  let threads: RowThreads;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-threads-'));
  });
  // also when the test ran out of time: a thread that is left keeps the process alive
  afterEach(async () => {
    await threads.close();
    await rm(folder, { recursive: true });
  });

  it('get no work when they find other plugins', async () => {
    const script = join(folder, 'thread.mjs');
    // each offers what none before it did, takes whatever it is given, and never ends by itself
    await writeFile(
      script,
      `import { parentPort, workerData } from 'node:worker_threads';
       parentPort.on('message', (order) => { if (order === null) process.exit(0); });
       parentPort.postMessage({ ready: true, offers: String(Atomics.add(new Int32Array(workerData), 0, 1)) });`,
    );
    threads = new RowThreads({ script: pathToFileURL(script), data: new SharedArrayBuffer(4), most: 2 });
    expect(await threads.offers()).to.equal('0');
    const open = (source: string) =>
      threads.open(
        { source, sizeBytes: 0, fragment: null, repeatable: true, open: async function* () {} },
        { signal: new AbortController().signal, onBytes: () => undefined },
      );
    open('first.dbn');
    const second = open('second.dbn');
    expect(await rejected(second.head())).to.include({ code: 'THREAD_LOST' });
  });
});
