import {
  LENGTH_UNIT,
  layoutOf,
  rtypeOfSchema,
  UNDEF_TIMESTAMP,
  upgradeRecord,
  type DbnVersion,
  type RecordLayout,
} from '../../../core/dbn/index.js';
import { NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import type { RecordQuery, RecordRun } from '../dataset.js';

interface FileRecord {
  readonly bytes: Uint8Array;
  readonly version: DbnVersion;
  readonly time: bigint;
  readonly day: number;
  readonly instrumentId: number;
}

/** The records of one schema, in file order. */
export class FileRecords {
  readonly records: FileRecord[] = [];
  newest: DbnVersion = 1;

  constructor(private readonly schema: string) {}

  /** Keeps a copy of a record, without the trailer that it may have. */
  add(layout: RecordLayout, version: DbnVersion, view: DataView, at: number): void {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + at, layout.size).slice();
    bytes[0] = layout.size / LENGTH_UNIT;
    const own = new DataView(bytes.buffer);
    const index = layout.fields.find(({ name }) => name === layout.indexTimestamp)?.offset ?? 0;
    const time = own.getBigUint64(index, true);
    // One without a time is in no range.
    if (time === UNDEF_TIMESTAMP) return;
    if (version > this.newest) this.newest = version;
    this.records.push({ bytes, version, time, day: Number(time / NS_PER_DAY), instrumentId: own.getUint32(4, true) });
  }

  /** Runs of records of one day each, a new one where the day changes. */
  *runs(query: RecordQuery): Generator<RecordRun, void, undefined> {
    const recordSize = layoutOf(rtypeOfSchema(this.schema) ?? 0, query.version)?.size ?? 0;
    let gathered: FileRecord[] = [];
    for (const record of this.wanted(query)) {
      if (gathered.length > 0 && gathered[0]?.day !== record.day) {
        yield runOf(gathered, query.version, recordSize);
        gathered = [];
      }
      gathered.push(record);
    }
    if (gathered.length > 0) yield runOf(gathered, query.version, recordSize);
  }

  count(query: RecordQuery): number {
    return this.wanted(query).length;
  }

  private wanted({ start, end, idsOn }: RecordQuery): FileRecord[] {
    const ids = new Map<number, ReadonlySet<number> | null>();
    return this.records.filter(({ time, day, instrumentId }) => {
      if (time < start || time >= end) return false;
      if (!ids.has(day)) ids.set(day, idsOn(day));
      return ids.get(day)?.has(instrumentId) ?? true;
    });
  }
}

function runOf(records: readonly FileRecord[], version: DbnVersion, recordSize: number): RecordRun {
  const bytes = new Uint8Array(records.length * recordSize);
  records.forEach((record, index) => {
    bytes.set(upgradeRecord(record.bytes, record.version, version, false), index * recordSize);
  });
  return { bytes, count: records.length, recordSize, day: records[0]?.day ?? 0 };
}
