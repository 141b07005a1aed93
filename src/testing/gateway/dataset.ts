import type { DbnVersion } from '../../core/dbn/index.js';

/** Half open, ns since the epoch. */
export interface TimeRange {
  readonly start: bigint;
  readonly end: bigint;
}

/** Whole records of one schema and one UTC day, one behind the other, all of one size. */
export interface RecordRun {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Bytes of one record. */
  readonly recordSize: number;
  /** Days from 1970-01-01. */
  readonly day: number;
}

/** Which records are wanted. */
export interface RecordQuery extends TimeRange {
  readonly schema: string;
  readonly version: DbnVersion;
  /** The instruments wanted on a day; `null` for all there are. */
  readonly idsOn: (day: number) => ReadonlySet<number> | null;
}

/** The data of one dataset, wherever it comes from: {@link sampled} makes it up, {@link dbnFiles} reads it. */
export interface GatewayDataset {
  readonly schemas: readonly string[];
  /** Where the data of a schema begins and ends. */
  range(schema: string): TimeRange;
  /** Whether there is a session on a day: on others no symbol resolves. */
  isSession(day: number): boolean;
  /** The ids of all instruments of a day. */
  instrumentsOn(day: number): readonly number[];
  /** The ids of the instruments that a symbol means on a session day, in the order in which they are listed. */
  resolve(stypeIn: string, symbol: string, day: number): readonly number[];
  /** The publisher's symbol of an instrument on a day. */
  rawSymbol(instrumentId: number, day: number): string | undefined;
  /** The version of DBN that is served when this one is asked for. */
  versionFor(wanted: DbnVersion): DbnVersion;
  /** The records, in order of time, or in file order. The same ones in the same order whichever way they are asked for. */
  records(query: RecordQuery): Iterable<RecordRun>;
  /** How many {@link records} there are. */
  count(query: RecordQuery): number;
}

/** The range of all schemas together. */
export function fullRange(dataset: GatewayDataset): TimeRange {
  const ranges = dataset.schemas.map((schema) => dataset.range(schema));
  return {
    start: ranges.reduce((least, { start }) => (start < least ? start : least), ranges[0]?.start ?? 0n),
    end: ranges.reduce((most, { end }) => (end > most ? end : most), 0n),
  };
}
