import type { NanosRange } from '../coverage/coverage-claim.js';
import { someOf } from '../text/some-of.js';
import { checkAvailability } from './check-availability.js';
import { DayConditions } from './day-conditions.js';
import type { HistoricalRequest } from './historical-request.js';
import { planRange, type PlanOptions, type PlanPorts } from './plan-range.js';
import { type PlanNote, type RangePlan, type RequestPlan, sumOf } from './range-plan.js';
import { resolveRequest, type RequestSymbology } from './request-symbology.js';
import { datesOf, SymbolMeanings } from './symbol-meanings.js';

/** Of more symbols that mean nothing it is not said when they do. */
const MOST_DETAILED = 3;

/**
 * Plans a request, schema by schema, from what the service tells for nothing. Buys nothing.
 * @throws USAGE, RANGE_UNAVAILABLE, SYMBOL_NOT_FOUND naming every symbol that means nothing on any day of the
 * dataset, and what the ports throw
 */
export async function planRequest(
  request: HistoricalRequest,
  ports: PlanPorts,
  options: PlanOptions = {},
): Promise<RequestPlan> {
  const { api } = ports;
  const call = options.signal === undefined ? {} : { signal: options.signal };
  const { requests, notes } = await checkAvailability(api, request, call);
  const end = requests.reduce((latest, { end: one }) => (one > latest ? one : latest), request.start);
  const fitted = { ...request, end };
  const dates = datesOf(fitted);
  const [resolution, conditions] = await Promise.all([
    resolveRequest(api, fitted, call),
    api.datasetCondition(request.dataset, dates.startDate, dates.endDate, call),
  ]);
  const facts = { meanings: new SymbolMeanings(resolution.intervals), conditions: new DayConditions(conditions) };
  const ranges: RangePlan[] = [];
  for (const one of requests) ranges.push(await planRange(one, facts, ports, options));
  return {
    request: fitted,
    ranges,
    symbology: resolution.intervals,
    notes: [...notes, ...absenceNotes(resolution)],
    estimate: sumOf(ranges.map(({ estimate }) => estimate)),
  };
}

/** Of symbols that mean nothing on some days of a range, or on all of them. */
export function absenceNotes({ partial, notFound, nearest }: RequestSymbology): PlanNote[] {
  const notes = partial.length === 0 ? [] : [meaningless(partial, 'some days')];
  if (notFound.length > MOST_DETAILED) notes.push(meaningless(notFound, 'any day'));
  else notes.push(...notFound.map((symbol) => meaningless([symbol], 'any day', nearest.get(symbol))));
  return notes.map((text) => ({ topic: 'symbols', text }));
}

function meaningless(symbols: readonly string[], days: string, nearest?: NanosRange): string {
  const text = `${someOf(symbols)} ${symbols.length === 1 ? 'means' : 'mean'} nothing on ${days} of the range`;
  if (nearest === undefined) return text;
  const { startDate, endDate } = datesOf(nearest);
  return `${text}; the nearest days on which it means something are those from ${startDate} to before ${endDate}`;
}
