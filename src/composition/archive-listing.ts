import type { Archive, ArchiveCheck, ArchiveEntry, ArchiveFilter } from '../core/archive/archive.js';
import type { ArchivedJob, JobArchive } from '../core/archive/job-archive.js';
import type { RangeRequest } from '../core/historical/range-request.js';
import { usdToNumber } from '../core/historical/usd.js';
import type { ArchivedRequest, ArchiveVerification } from './archived-request.js';
import { reportedRequest } from './reported-request.js';

/** What was bought, request by request, then the batch jobs. */
export async function listArchive(
  archive: Archive,
  jobs: JobArchive,
  filter: ArchiveFilter,
): Promise<ArchivedRequest[]> {
  const ofJobs = (await jobs.list()).flatMap(archivedJob).filter((job) => fits(job, filter));
  return [...(await archive.list(filter)).map(archivedRequest), ...ofJobs];
}

function fits(entry: ArchivedRequest, { dataset = entry.dataset, schema = entry.schema }: ArchiveFilter): boolean {
  return entry.dataset === dataset && entry.schema === schema;
}

export async function verifyArchive(
  archive: Archive,
  jobs: JobArchive,
  filter: ArchiveFilter,
  signal: AbortSignal | undefined,
): Promise<ArchiveVerification> {
  const entries: ArchiveCheck[] = [];
  for (const entry of await archive.list(filter)) {
    signal?.throwIfAborted();
    entries.push(await archive.check(entry, signal));
  }
  // Those that cannot be read say neither dataset nor schema but by their folder.
  const { dataset = '', schema = '' } = filter;
  const broken = (await archive.unreadable()).filter(({ id }) => isBelow(id, dataset, schema));
  const ofJobs = dataset === '' && schema === '' ? await jobs.check(signal) : [];
  return { location: archive.location, entries: [...entries, ...broken, ...ofJobs] };
}

function isBelow(id: string, dataset: string, schema: string): boolean {
  const [itsDataset, itsSchema] = id.split('/');
  return (dataset === '' || itsDataset === dataset) && (schema === '' || itsSchema === schema);
}

function archivedRequest(entry: ArchiveEntry): ArchivedRequest {
  return described(entry.id, entry.request, entry);
}

function archivedJob({ id, request, records, files, archivedAt, costUsd }: ArchivedJob): ArchivedRequest[] {
  if (request === null) return [];
  const storedBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    described(`batch/${id}`, request, { records: records ?? 0, storedBytes, archivedAt, costUsd: costUsd ?? 0n }),
  ];
}

function described(
  id: string,
  request: RangeRequest,
  {
    records,
    storedBytes,
    archivedAt,
    costUsd,
  }: Pick<ArchiveEntry, 'records' | 'storedBytes' | 'archivedAt' | 'costUsd'>,
): ArchivedRequest {
  return {
    id,
    ...reportedRequest(request),
    limit: request.limit === null ? null : Number(request.limit),
    records,
    bytes: storedBytes,
    archived_at: archivedAt,
    cost_usd: usdToNumber(costUsd),
  };
}
