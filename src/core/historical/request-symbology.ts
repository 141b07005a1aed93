import type { NanosRange } from '../coverage/coverage-claim.js';
import { union } from '../coverage/range-set.js';
import { TickloomError } from '../errors/index.js';
import type { ApiCall, HistoricalApi, Resolution, ResolvedInterval } from './historical-api.js';
import type { HistoricalRequest } from './historical-request.js';
import { ALL_SYMBOLS } from './range-request.js';
import { datesOf, SymbolMeanings } from './symbol-meanings.js';

const NUMBER = /^\d+$/;

/** What the symbols of a request mean on its days. */
export interface RequestSymbology extends Resolution {
  /** Of symbols that mean nothing on any of them: the nearest days, without a gap, on which they mean something. */
  readonly nearest: ReadonlyMap<string, NanosRange>;
}

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
): Promise<RequestSymbology> {
  const nearest = new Map<string, NanosRange>();
  if (request.symbols.includes(ALL_SYMBOLS))
    return { intervals: new Map<string, ResolvedInterval[]>(), partial: [], notFound: [], nearest };
  const resolution = await resolve(api, request, call);
  const absent = unresolved(request.symbols, resolution);
  if (absent.length === 0) return { ...resolution, nearest };
  const { start, end } = await api.datasetRange(request.dataset, call);
  const whole = { ...request, symbols: absent, start, end };
  const ever = await resolve(api, whole, call);
  const unknown = unresolved(absent, ever);
  if (unknown.length > 0) throw notFound(whole, unknown);
  const meanings = new SymbolMeanings(ever.intervals);
  for (const symbol of absent) {
    const span = nearestTo(request, meanings.of(symbol));
    if (span !== undefined) nearest.set(symbol, span);
  }
  return { ...resolution, notFound: absent, nearest };
}

function nearestTo(range: NanosRange, meanings: ReturnType<SymbolMeanings['of']>): NanosRange | undefined {
  if (meanings === 'everything') return undefined;
  const distance = ({ start, end }: NanosRange): bigint => (start >= range.end ? start - range.end : range.start - end);
  return union(meanings.map(({ range: days }) => days)).sort((a, b) => (distance(a) <= distance(b) ? -1 : 1))[0];
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
