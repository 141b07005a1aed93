import { formatNanos } from '../../../core/text/format-nanos.js';
import type { DataRequest } from '../data-request.js';
import type { JobState } from './job-states.js';
import type { JobFile } from './job-file.js';

/** How the data of a job is to be delivered. */
export interface JobDelivery {
  readonly encoding: 'dbn' | 'csv' | 'json';
  readonly compression: 'none' | 'zstd';
  readonly prettyPx: boolean;
  readonly prettyTs: boolean;
  readonly mapSymbols: boolean;
  readonly splitSymbols: boolean;
  readonly splitDuration: string;
  readonly splitSize: number | null;
}

/** A batch job: what was asked for and how far it is. */
export interface BatchJob {
  readonly id: string;
  readonly userId: string;
  readonly request: DataRequest;
  readonly delivery: JobDelivery;
  readonly recordCount: number;
  readonly billedSize: number;
  readonly costUsd: number;
  /** ms since the epoch. */
  readonly receivedAt: number;
  state: JobState;
  /** Made when they are first asked for. */
  files?: Promise<readonly JobFile[]>;
}

const NS_PER_MS = 1_000_000n;
const MS_PER_DAY = 86_400_000;
const KEPT_DAYS = 30;
const PROGRESS: Partial<Record<JobState, number>> = { received: 0, queued: 0, processing: 50, finalizing: 95 };

/** The job as the API prints it. */
export function describeJob(job: BatchJob, files: readonly JobFile[] | null): Record<string, unknown> {
  const { request, delivery } = job;
  const processed = ['done', 'expired', 'purged'].includes(job.state);
  const begun = processed || ['processing', 'finalizing'].includes(job.state);
  const size = files?.reduce((sum, { bytes }) => sum + bytes.length, 0) ?? null;
  const time = (known: boolean, ms: number): string | null => (known ? formatNanos(BigInt(ms) * NS_PER_MS) : null);
  return {
    id: job.id,
    user_id: job.userId,
    cost_usd: processed ? job.costUsd : null,
    dataset: request.dataset.code,
    symbols: request.symbols.join(','),
    stype_in: request.stypeIn,
    stype_out: request.stypeOut,
    schema: request.schema,
    start: formatNanos(request.start),
    end: formatNanos(request.end),
    limit: request.limit,
    encoding: delivery.encoding,
    compression: delivery.compression === 'none' ? null : delivery.compression,
    pretty_px: delivery.prettyPx,
    pretty_ts: delivery.prettyTs,
    map_symbols: delivery.mapSymbols,
    split_symbols: delivery.splitSymbols,
    split_duration: delivery.splitDuration === 'none' ? null : delivery.splitDuration,
    split_size: delivery.splitSize,
    packaging: null,
    delivery: 'download',
    record_count: processed ? job.recordCount : null,
    billed_size: processed ? job.billedSize : null,
    actual_size: size,
    package_size: size,
    state: job.state,
    ts_received: time(true, job.receivedAt),
    ts_queued: time(job.state !== 'received', job.receivedAt),
    ts_process_start: time(begun, job.receivedAt),
    ts_process_done: time(processed, job.receivedAt),
    ts_expiration: time(processed, job.receivedAt + KEPT_DAYS * MS_PER_DAY),
    progress: PROGRESS[job.state] ?? 100,
  };
}
