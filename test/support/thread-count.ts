import type { Worker } from 'node:worker_threads';

/** Counts the threads of this process that start, and those that have not ended. */
export interface ThreadCount {
  count(): number;
  running(): number;
  stop(): void;
}

export function countThreads(): ThreadCount {
  let [count, ended] = [0, 0];
  const onWorker = (worker: Worker): void => {
    count += 1;
    worker.once('exit', () => (ended += 1));
  };
  process.on('worker', onWorker);
  return { count: () => count, running: () => count - ended, stop: () => process.off('worker', onWorker) };
}
