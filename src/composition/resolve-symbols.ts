import { readHistoricalRequest } from '../core/historical/historical-request.js';
import type { HistoricalApi } from '../core/historical/historical-api.js';
import { datesOf } from '../core/historical/symbol-meanings.js';
import type { ResolvedSymbols, ResolveSymbolsRequest } from './resolved-symbols.js';

/** @throws USAGE, and what the API throws */
export async function resolveSymbols(
  api: HistoricalApi,
  { dataset, symbols, stypeIn, stypeOut = 'instrument_id', start, end }: ResolveSymbolsRequest,
  signal: AbortSignal | undefined,
): Promise<ResolvedSymbols> {
  const request = readHistoricalRequest({ dataset, symbols, stypeIn, start, end, schemas: ['definition'] });
  const { intervals, partial, notFound } = await api.resolve(
    { dataset: request.dataset, stypeIn: request.stypeIn, stypeOut, symbols: request.symbols, ...datesOf(request) },
    signal === undefined ? {} : { signal },
  );
  return {
    dataset: request.dataset,
    stype_in: request.stypeIn,
    stype_out: stypeOut,
    symbols: request.symbols.map((symbol) => ({
      symbol,
      intervals: (intervals.get(symbol) ?? []).map(({ startDate, endDate, symbol: meaning }) => ({
        start_date: startDate,
        end_date: endDate,
        symbol: meaning,
      })),
    })),
    partial,
    not_found: notFound,
  };
}
