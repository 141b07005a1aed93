import type { RangeRequest } from '../core/historical/range-request.js';
import { formatNanos } from '../core/text/format-nanos.js';

/** What was asked for, as listings and reports say it. Times are ISO 8601 with nine decimals. */
export interface ReportedRequest {
  readonly dataset: string;
  readonly schema: string;
  readonly stype_in: string;
  readonly symbols: readonly string[];
  readonly start: string;
  readonly end: string;
}

export function reportedRequest({
  dataset,
  schema,
  stypeIn,
  symbols,
  start,
  end,
}: Pick<RangeRequest, 'dataset' | 'schema' | 'stypeIn' | 'symbols' | 'start' | 'end'>): ReportedRequest {
  return { dataset, schema, stype_in: stypeIn, symbols, start: formatNanos(start), end: formatNanos(end) };
}
