import { profiled } from './profiled.js';

/** What all cases of one bench work on. Plain data: it is sent to the process of a case. */
export interface Workload {
  readonly schema: string;
  readonly records: number;
  readonly instruments: number;
  readonly days: number;
  readonly seed: number;
  /** Made for this bench, and removed behind it. */
  readonly folder: string;
  /** The sample as uncompressed and as compressed DBN. */
  readonly dbn: string;
  readonly dbnZst: string;
  /** As many records again, in two compressed files of days that do not overlap. */
  readonly dbnHalves: readonly string[];
  /** The rows that a database case starts from; `null` when no case needs a database. */
  readonly ready: ReadyRows | null;
}

/** The rows of the sample, made beforehand, and the server that has them. */
export interface ReadyRows {
  /** A URL of the database that the cases share. */
  readonly database: string;
  /** True where tables are hypertables. */
  readonly hypertables: boolean;
  /** All rows as one binary COPY stream, in two halves, and as csv. */
  readonly copy: string;
  readonly copyHalves: readonly string[];
  readonly csv: string;
  readonly bare: BareRows;
}

/** The same without what Tickloom adds: whole numbers for times and prices, no index, nothing that says whose a row is. */
export interface BareRows {
  /** Columns with their types, for `CREATE TABLE`. */
  readonly columns: string;
  /** All rows as one binary COPY stream. */
  readonly copy: string;
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
  /** Name of the case that its speed is compared with; `null` for none. */
  readonly reference: string | null;
  /** True when the schema makes no difference. */
  readonly once?: boolean;
  /** False where a program that it needs is missing. */
  available?(): boolean;
  run(workload: Workload): Promise<Timing>;
}

/** Times `work`, which gives the number of records it has handled. */
export async function timed(work: () => number | Promise<number>): Promise<Timing> {
  return profiled(async () => {
    const start = performance.now();
    const records = await work();
    return { records, elapsedMs: performance.now() - start };
  });
}
