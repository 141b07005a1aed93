import type { RangeRequest } from './range-request.js';
import type { ReceivedRecords } from './received-records.js';

/**
 * What is left to be asked for: from the latest index timestamp held, because more records may share it; the records
 * before it count against the limit.
 */
export function remainingRequest(request: RangeRequest, held: ReceivedRecords): RangeRequest {
  const { latest } = held;
  if (latest === null) return request;
  const before = BigInt(held.records - held.tailRecords);
  return { ...request, start: latest, limit: request.limit === null ? null : request.limit - before };
}
