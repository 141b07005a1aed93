import type { DbnVersion } from '../../core/dbn/index.js';
import type { DataRequest } from './data-request.js';
import type { RecordRun, TimeRange } from './dataset.js';
import type { Fault } from './faults/fault.js';
import { revised } from './faults/revise-records.js';

/** The records that answer a request, up to its limit, with the vendor's revisions and the faults that change records. */
export function* recordsOf(
  request: DataRequest,
  version: DbnVersion,
  faults: readonly Fault[] = [],
): Generator<RecordRun, void, undefined> {
  const short = faults.find((fault) => fault.kind === 'short');
  const runs = limited(request, version, faults);
  if (short === undefined) return yield* runs;
  const all = [...runs];
  const total = all.reduce((sum, { count }) => sum + count, 0);
  const missing = short.records ?? Math.max(1, Math.round(total * (short.fraction ?? 0)));
  yield* upTo(all, total - missing);
}

function* limited(
  { dataset, schema, start, end, selection, limit }: DataRequest,
  version: DbnVersion,
  faults: readonly Fault[],
): Generator<RecordRun, void, undefined> {
  const everything = faults.some(({ kind }) => kind === 'revise');
  const runs = dataset.data.records({ schema, version, start, end, idsOn: selection.idsOn });
  for (const run of upTo(runs, limit ?? Infinity)) {
    yield everything || dataset.revised.has(run.day) ? revised(run, version) : run;
  }
}

function* upTo(runs: Iterable<RecordRun>, most: number): Generator<RecordRun, void, undefined> {
  let left = most;
  for (const run of runs) {
    if (left <= 0) return;
    const count = Math.min(left, run.count);
    yield count === run.count ? run : { ...run, count, bytes: run.bytes.subarray(0, count * run.recordSize) };
    left -= count;
  }
}

const TEN_MINUTES_NS = 600_000_000_000n;
const DAY_NS = 86_400_000_000_000n;

/**
 * How many records the free endpoints say there are: exact for ranges that are multiples of ten minutes, of days for
 * definitions; for others the range is taken outward to such a multiple.
 */
export function countOf(request: DataRequest, version: DbnVersion): number {
  const { dataset, schema, selection, limit } = request;
  const range = outward(request, schema === 'definition' ? DAY_NS : TEN_MINUTES_NS);
  const count = dataset.data.count({ schema, version, ...range, idsOn: selection.idsOn });
  return limit === null ? count : Math.min(limit, count);
}

function outward({ start, end }: TimeRange, step: bigint): TimeRange {
  return { start: (start / step) * step, end: ((end + step - 1n) / step) * step };
}
