import type { Archive, ArchiveCheck, ArchiveEntry, ArchiveFilter } from '../core/archive/archive.js';
import { usdToNumber } from '../core/historical/usd.js';
import { formatNanos } from '../core/text/format-nanos.js';
import type { ArchivedRequest, ArchiveVerification } from './archived-request.js';

export async function listArchive(archive: Archive, filter: ArchiveFilter): Promise<ArchivedRequest[]> {
  return (await archive.list(filter)).map(archivedRequest);
}

export async function verifyArchive(
  archive: Archive,
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
  return { location: archive.location, entries: [...entries, ...broken] };
}

function isBelow(id: string, dataset: string, schema: string): boolean {
  const [itsDataset, itsSchema] = id.split('/');
  return (dataset === '' || itsDataset === dataset) && (schema === '' || itsSchema === schema);
}

function archivedRequest({ id, request, records, storedBytes, archivedAt, costUsd }: ArchiveEntry): ArchivedRequest {
  const { dataset, schema, stypeIn, symbols, start, end, limit } = request;
  return {
    id,
    dataset,
    schema,
    stype_in: stypeIn,
    symbols,
    start: formatNanos(start),
    end: formatNanos(end),
    limit: limit === null ? null : Number(limit),
    records,
    bytes: storedBytes,
    archived_at: archivedAt,
    cost_usd: usdToNumber(costUsd),
  };
}
