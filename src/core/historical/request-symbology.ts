import { TickloomError } from '../errors/index.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import type { DayConditions } from './day-conditions.js';
import type { ApiCall, HistoricalApi, Resolution, ResolvedInterval } from './historical-api.js';
import type { HistoricalRequest } from './historical-request.js';
import { ALL_SYMBOLS } from './range-request.js';
import { datesOf } from './symbol-meanings.js';

const NUMBER = /^\d+$/;
/** A week always has a session. */
const NEIGHBOURHOOD = 7n * NS_PER_DAY;

/**
 * What the symbols of a request mean on its days. On days without a session no symbol means anything: there, those
 * count as known that mean something in the weeks around.
 * @throws SYMBOL_NOT_FOUND naming every symbol that means nothing on any day
 */
export async function resolveRequest(
  api: HistoricalApi,
  request: HistoricalRequest,
  conditions: () => Promise<DayConditions>,
  call: ApiCall,
): Promise<Resolution> {
  if (request.symbols.includes(ALL_SYMBOLS))
    return { intervals: new Map<string, ResolvedInterval[]>(), partial: [], notFound: [] };
  const resolution = await resolve(api, request, call);
  const missing = unresolved(request.symbols, resolution);
  if (missing.length === 0) return resolution;
  const perhapsClosed = missing.length === request.symbols.length && !(await conditions()).hasSession;
  const unknown = perhapsClosed ? await unknownAround(api, request, call) : missing;
  if (unknown.length > 0) throw notFound(request, unknown);
  return resolution;
}

function resolve(api: HistoricalApi, request: HistoricalRequest, call: ApiCall): Promise<Resolution> {
  const { dataset, stypeIn, symbols } = request;
  return api.resolve({ dataset, stypeIn, stypeOut: 'instrument_id', symbols, ...datesOf(request) }, call);
}

function unresolved(symbols: readonly string[], { notFound: none, intervals }: Resolution): string[] {
  return symbols.filter((symbol) => none.includes(symbol) || (intervals.get(symbol) ?? []).length === 0);
}

/** The symbols that mean nothing in the weeks around either, as far as there are data. */
async function unknownAround(api: HistoricalApi, request: HistoricalRequest, call: ApiCall): Promise<string[]> {
  const available = await api.datasetRange(request.dataset, call);
  const [from, to] = [request.start - NEIGHBOURHOOD, request.end + NEIGHBOURHOOD];
  const around = {
    ...request,
    start: from > available.start ? from : available.start,
    end: to < available.end ? to : available.end,
  };
  return unresolved(request.symbols, await resolve(api, around, call));
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
