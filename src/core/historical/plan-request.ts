import { TickloomError } from '../errors/index.js';
import { someOf } from '../text/some-of.js';
import { checkAvailability } from './check-availability.js';
import { DayConditions } from './day-conditions.js';
import type { ApiCall, HistoricalApi, Resolution, ResolvedInterval } from './historical-api.js';
import type { HistoricalRequest } from './historical-request.js';
import { planRange, type PlanOptions, type PlanPorts } from './plan-range.js';
import { type PlanNote, type RangePlan, type RequestPlan, sumOf } from './range-plan.js';
import { ALL_SYMBOLS } from './range-request.js';
import { datesOf, SymbolMeanings } from './symbol-meanings.js';

const NUMBER = /^\d+$/;

/**
 * Plans a request, schema by schema, from what the service tells for nothing. Buys nothing.
 * @throws USAGE, RANGE_UNAVAILABLE, SYMBOL_NOT_FOUND naming every symbol that means nothing on any day, and what the
 * ports throw
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
    resolveAll(api, fitted, call),
    api.datasetCondition(request.dataset, dates.startDate, dates.endDate, call),
  ]);
  const facts = { meanings: new SymbolMeanings(resolution.intervals), conditions: new DayConditions(conditions) };
  const ranges: RangePlan[] = [];
  for (const one of requests) ranges.push(await planRange(one, facts, ports, options));
  return {
    request: fitted,
    ranges,
    symbology: resolution.intervals,
    notes: [...notes, ...partialNotes(resolution)],
    estimate: sumOf(ranges.map(({ estimate }) => estimate)),
  };
}

/** The symbols of a request, by what they mean. @throws SYMBOL_NOT_FOUND naming all that mean nothing on any day */
export async function resolveAll(api: HistoricalApi, request: HistoricalRequest, call: ApiCall): Promise<Resolution> {
  const { dataset, stypeIn, symbols } = request;
  if (symbols.includes(ALL_SYMBOLS))
    return { intervals: new Map<string, ResolvedInterval[]>(), partial: [], notFound: [] };
  const resolution = await api.resolve(
    { dataset, stypeIn, stypeOut: 'instrument_id', symbols, ...datesOf(request) },
    call,
  );
  const missing = symbols.filter(
    (symbol) => resolution.notFound.includes(symbol) || (resolution.intervals.get(symbol) ?? []).length === 0,
  );
  if (missing.length > 0) throw notFound(request, missing);
  return resolution;
}

function notFound(request: HistoricalRequest, symbols: readonly string[]): TickloomError {
  const { dataset, stypeIn } = request;
  const { startDate, endDate } = datesOf(request);
  const verb = symbols.length === 1 ? 'means' : 'mean';
  const numbers = stypeIn === 'raw_symbol' && symbols.every((symbol) => NUMBER.test(symbol));
  return new TickloomError(
    'SYMBOL_NOT_FOUND',
    `${symbols.join(', ')} ${verb} nothing in ${dataset} as ${stypeIn} on any day from ${startDate} to before ${endDate}; nothing was bought`,
    {
      hint: numbers
        ? 'Say --stype-in instrument_id if these are instrument ids.'
        : 'Check spelling and range, or leave out these symbols.',
      context: { dataset, stype_in: stypeIn, symbols: symbols.join(','), start_date: startDate, end_date: endDate },
    },
  );
}

export function partialNotes({ partial }: Resolution): PlanNote[] {
  if (partial.length === 0) return [];
  const verb = partial.length === 1 ? 'means' : 'mean';
  return [{ topic: 'symbols', text: `${someOf(partial)} ${verb} nothing on some days of the range` }];
}
