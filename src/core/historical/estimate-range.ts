import { isTickloomError } from '../errors/index.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import type { Estimate } from './range-plan.js';
import type { RangeRequest } from './range-request.js';
import type { Usd } from './usd.js';

/** Said on a day without a session, though the symbol is right. */
const NOTHING_THERE = 'symbology_invalid_request';

/** What a request would cost and bring; `null` when the service says that its symbols mean nothing then. Free of charge. */
export async function estimateRange(
  api: HistoricalApi,
  request: RangeRequest,
  call: ApiCall,
): Promise<Estimate | null> {
  return unlessNothing<Estimate | null>(null, async () => {
    // Who has no licence is told so once.
    const costUsd = await api.cost(request, call);
    const [sizeBytes, records] = await Promise.all([api.billableSize(request, call), api.recordCount(request, call)]);
    return { costUsd, sizeBytes, records };
  });
}

/** Uncompressed binary bytes of a request. Free of charge. */
export async function sizeOfRange(api: HistoricalApi, request: RangeRequest, call: ApiCall): Promise<number> {
  return unlessNothing(0, () => api.billableSize(request, call));
}

/** Price of a request. Free of charge. */
export async function costOfRange(api: HistoricalApi, request: RangeRequest, call: ApiCall): Promise<Usd> {
  return unlessNothing(0n, () => api.cost(request, call));
}

async function unlessNothing<T>(nothing: T, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isTickloomError(error) && error.context['case'] === NOTHING_THERE) return nothing;
    throw error;
  }
}
