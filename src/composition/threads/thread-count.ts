/** How many threads make rows: as many as pay, or at most so many. */
export type Workers = 'auto' | number;

/** A thread costs a fifth of a second and 40 MB: a smaller file is loaded in that time. */
const WORTH_BYTES = 8 * 1024 * 1024;
/** What one thread decodes keeps so many connections busy. */
const CONNECTIONS_PER_THREAD = 2;
const MOST_THREADS = 8;

/** What a run has to do at the same time. */
export interface RunLoad {
  readonly chunks: number;
  /** To load over: as many as chunks, and more where large chunks are loaded in parts. */
  readonly connections: number;
}

/** @param cores that this process may use */
export function threadCount(workers: Workers, { chunks, connections }: RunLoad, cores: number): number {
  if (workers !== 'auto') return Math.min(workers, chunks);
  // The main thread makes the rows of two connections with time left. With more, a thread needs a core beside theirs.
  if (connections < 3 || cores < 4) return 0;
  return Math.min(chunks, Math.ceil(connections / CONNECTIONS_PER_THREAD), cores - 1, MOST_THREADS);
}

/** @param sizeBytes of the chunk, as stored; `null` where it is not known */
export function worthAThread(workers: Workers, sizeBytes: number | null): boolean {
  return workers !== 'auto' || (sizeBytes !== null && sizeBytes >= WORTH_BYTES);
}
