/** What all cases of one bench work on. Plain data: it is sent to the process of a case. */
export interface Workload {
  readonly schema: string;
  readonly records: number;
  readonly instruments: number;
  readonly days: number;
  readonly seed: number;
  /** The sample as uncompressed and as compressed DBN. */
  readonly dbn: string;
  readonly dbnZst: string;
  /** The rows of the sample as one binary COPY stream; `null` when no case needs a database. */
  readonly copy: string | null;
  /** The database that the cases share; `null` when no case needs one. */
  readonly database: string | null;
}

/** One run of one case. */
export interface Measurement {
  readonly records: number;
  readonly elapsedMs: number;
  /** Of the whole process, Node included. */
  readonly peakRssBytes: number;
}

/** What a case has measured: its work alone, without preparation and clearing up. */
export interface Timing {
  readonly records: number;
  readonly elapsedMs: number;
}

export interface BenchCase {
  readonly name: string;
  /** What is in the time, for the table. */
  readonly title: string;
  readonly needsDatabase: boolean;
  run(workload: Workload): Promise<Timing>;
}

/** Times `work`, which gives the number of records it has handled. */
export async function timed(work: () => number | Promise<number>): Promise<Timing> {
  const start = performance.now();
  const records = await work();
  return { records, elapsedMs: performance.now() - start };
}
