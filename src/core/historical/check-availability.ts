import type { NanosRange } from '../coverage/coverage-claim.js';
import { SCHEMA_NAMES } from '../dbn/schemas.js';
import { TickloomError } from '../errors/index.js';
import { formatNanos } from '../text/format-nanos.js';
import { nearest } from '../text/nearest.js';
import { writtenTime } from '../text/written-time.js';
import type { ApiCall, DatasetRange, HistoricalApi } from './historical-api.js';
import { type HistoricalRequest, rangeRequestOf } from './historical-request.js';
import type { PlanNote } from './range-plan.js';
import type { RangeRequest } from './range-request.js';

/** The requests of the schemas, each inside what the service has of it. */
export interface AvailableRanges {
  readonly requests: readonly RangeRequest[];
  readonly notes: readonly PlanNote[];
}

/**
 * Asks the service, for nothing, whether there is such a dataset, such schemas, and data in the range. An end that nobody
 * gave is moved back to where the data end, a start that nobody gave to where they begin.
 * @throws USAGE, RANGE_UNAVAILABLE, and what the API throws
 */
export async function checkAvailability(
  api: HistoricalApi,
  request: HistoricalRequest,
  call: ApiCall = {},
): Promise<AvailableRanges> {
  const { dataset, schemas } = request;
  mustBeOneOf('dataset', dataset, await api.listDatasets(call), 'the service has no such dataset');
  const [offered, available] = await Promise.all([api.listSchemas(dataset, call), api.datasetRange(dataset, call)]);
  for (const schema of schemas) mustBeOneOf('schema', schema, offered, `${dataset} has no such schema`);
  const notes: PlanNote[] = [];
  const requests = schemas.map((schema) => {
    const wanted = rangeRequestOf(request, schema);
    const fitted = fit(wanted, available, request);
    if (fitted.end !== wanted.end) {
      const text = `the ${schema} of ${dataset} go up to ${writtenTime(fitted.end)}: that is taken for the end`;
      notes.push({ topic: 'end', text });
    }
    return fitted;
  });
  return { requests, notes };
}

function mustBeOneOf(setting: string, word: string, known: readonly string[], reason: string): void {
  if (known.includes(word)) return;
  // A right word in the wrong place is no slip of the pen.
  const near = (SCHEMA_NAMES as readonly string[]).includes(word) ? undefined : nearest(word, known);
  throw new TickloomError('USAGE', `${setting} is "${word}", and ${reason}`, {
    hint: near === undefined ? `Take one of ${known.join(', ')}.` : `Did you mean ${near}?`,
    context: { setting },
  });
}

function fit(
  wanted: RangeRequest,
  available: DatasetRange,
  { startOpen = false, endOpen }: Pick<HistoricalRequest, 'startOpen' | 'endOpen'>,
): RangeRequest {
  const has = available.schemas.get(wanted.schema) ?? available;
  const start = startOpen && wanted.start < has.start && has.start < wanted.end ? has.start : wanted.start;
  if (start < has.start) {
    throw unavailable(
      wanted,
      has,
      `starts at ${writtenTime(wanted.start)}, before there is any data`,
      wanted.end > has.start ? `Start at ${writtenTime(has.start)}.` : 'Choose a later range.',
    );
  }
  if (start >= has.end) {
    throw unavailable(
      wanted,
      has,
      `starts at ${writtenTime(wanted.start)}, behind all there is`,
      'Choose an earlier range, or ask again later.',
    );
  }
  if (wanted.end <= has.end) return { ...wanted, start };
  if (endOpen) return { ...wanted, start, end: has.end };
  throw unavailable(
    wanted,
    has,
    `ends at ${writtenTime(wanted.end)}, behind all there is`,
    `End at ${writtenTime(has.end)} at the latest, or leave out the end of a range that has begun.`,
  );
}

function unavailable({ dataset, schema }: RangeRequest, has: NanosRange, how: string, hint: string): TickloomError {
  const there = { available_start: formatNanos(has.start), available_end: formatNanos(has.end) };
  return new TickloomError(
    'RANGE_UNAVAILABLE',
    `the range of ${schema} of ${dataset} ${how}, expected a range from ${writtenTime(has.start)} to ${writtenTime(has.end)}`,
    { hint, context: { dataset, schema, ...there } },
  );
}
