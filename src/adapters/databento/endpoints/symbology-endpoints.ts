import type { ApiCall, Resolution, ResolvedInterval, ResolveRequest } from '../../../core/historical/historical-api.js';
import type { ApiCaller } from '../calls/api-caller.js';
import { ENDPOINTS } from '../calls/endpoint.js';
import { readJson, type JsonReply } from '../replies/read-reply.js';
import { SymbolInterval, SymbologyOutcome } from '../replies/resolved-symbol.js';
import { MOST_SYMBOLS, symbolsParameter } from './parameters.js';

/** The endpoint `symbology.resolve`. Free of charge. */
export class SymbologyEndpoints {
  constructor(private readonly caller: ApiCaller) {}

  /** Resolves any number of symbols, 2,000 with each request. A request where nothing resolves is a success. */
  async resolve(request: ResolveRequest, call: ApiCall = {}): Promise<Resolution> {
    const intervals = new Map<string, readonly ResolvedInterval[]>();
    const partial: string[] = [];
    const notFound: string[] = [];
    let from = 0;
    do {
      const part = await this.#resolvePart(request, request.symbols.slice(from, from + MOST_SYMBOLS), call);
      for (const [symbol, entries] of part.intervals) intervals.set(symbol, entries);
      partial.push(...part.partial);
      notFound.push(...part.notFound);
      from += MOST_SYMBOLS;
    } while (from < request.symbols.length);
    return { intervals, partial, notFound };
  }

  async #resolvePart(request: ResolveRequest, symbols: readonly string[], call: ApiCall): Promise<Resolution> {
    const reply = await this.caller.ask({
      endpoint: ENDPOINTS.resolve,
      parameters: {
        dataset: request.dataset,
        symbols: symbolsParameter(symbols),
        stype_in: request.stypeIn,
        stype_out: request.stypeOut,
        start_date: request.startDate,
        end_date: request.endDate,
      },
      read: readJson,
      signal: call.signal,
    });
    const { partial, not_found } = reply.object(SymbologyOutcome);
    const { result } = reply.json as { result?: unknown };
    if (typeof result !== 'object' || result === null || Array.isArray(result)) {
      throw reply.invalid('result', 'expected an object of arrays');
    }
    const intervals = new Map(
      Object.entries(result).map(([symbol, entries]) => [symbol, intervalsOf(reply, symbol, entries)]),
    );
    return { intervals, partial, notFound: not_found };
  }
}

function intervalsOf(reply: JsonReply, symbol: string, entries: unknown): readonly ResolvedInterval[] {
  return reply
    .list(SymbolInterval, entries, `result.${symbol}`)
    .map(({ d0, d1, s }) => ({ startDate: d0, endDate: d1, symbol: s }));
}
