import { TickloomError } from '../errors/index.js';
import type { ApiCall, HistoricalApi, Resolution, ResolvedInterval } from './historical-api.js';
import type { HistoricalRequest } from './historical-request.js';
import { ALL_SYMBOLS } from './range-request.js';
import { datesOf } from './symbol-meanings.js';

const NUMBER = /^\d+$/;

/**
 * What the symbols of a request mean on its days. A symbol that means nothing on any of them may be right all the same:
 * the days have no session, its instrument is not listed yet, or has expired. It is unknown only when it means nothing
 * on any day that the dataset has.
 * @throws SYMBOL_NOT_FOUND naming every symbol that is unknown
 */
export async function resolveRequest(
  api: HistoricalApi,
  request: HistoricalRequest,
  call: ApiCall,
): Promise<Resolution> {
  if (request.symbols.includes(ALL_SYMBOLS))
    return { intervals: new Map<string, ResolvedInterval[]>(), partial: [], notFound: [] };
  const resolution = await resolve(api, request, call);
  const absent = unresolved(request.symbols, resolution);
  if (absent.length === 0) return resolution;
  const { start, end } = await api.datasetRange(request.dataset, call);
  const whole = { ...request, symbols: absent, start, end };
  const unknown = unresolved(absent, await resolve(api, whole, call));
  if (unknown.length > 0) throw notFound(whole, unknown);
  return { ...resolution, notFound: absent };
}

function resolve(api: HistoricalApi, request: HistoricalRequest, call: ApiCall): Promise<Resolution> {
  const { dataset, stypeIn, symbols } = request;
  return api.resolve({ dataset, stypeIn, stypeOut: 'instrument_id', symbols, ...datesOf(request) }, call);
}

function unresolved(symbols: readonly string[], { notFound: none, intervals }: Resolution): string[] {
  return symbols.filter((symbol) => none.includes(symbol) || (intervals.get(symbol) ?? []).length === 0);
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
