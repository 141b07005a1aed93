import { TickloomError } from '../../../core/errors/index.js';
import { ALL_SYMBOLS, type RangeRequest } from '../../../core/historical/range-request.js';

/** Most symbols of one request. */
export const MOST_SYMBOLS = 2_000;

/**
 * The parameter `symbols`. As given: raw symbols are case- and space-sensitive.
 * @throws USAGE for none, because the service takes that for all of them, and for lists it would refuse or read otherwise
 */
export function symbolsParameter(symbols: readonly string[]): string {
  const fault = faultOf(symbols);
  if (fault === undefined) return symbols.join(',');
  throw new TickloomError('USAGE', `cannot ask for these symbols: ${fault}`, {
    hint: 'Name 1 to 2,000 symbols, or ALL_SYMBOLS alone.',
    context: { symbols: symbols.length },
  });
}

function faultOf(symbols: readonly string[]): string | undefined {
  if (symbols.length === 0) return 'there is none';
  if (symbols.length > MOST_SYMBOLS) return `${symbols.length} are more than ${MOST_SYMBOLS}`;
  if (symbols.length > 1 && symbols.includes(ALL_SYMBOLS)) return `${ALL_SYMBOLS} stands with others`;
  const wrong = symbols.find((symbol) => symbol.trim() === '' || symbol.includes(','));
  return wrong === undefined ? undefined : `"${wrong}" is none`;
}

/** The parameters that get_range and the three endpoints about its size have in common. */
export function rangeParameters(request: RangeRequest): Record<string, string | undefined> {
  return {
    dataset: request.dataset,
    start: String(request.start),
    end: String(request.end),
    symbols: symbolsParameter(request.symbols),
    schema: request.schema,
    stype_in: request.stypeIn,
    stype_out: 'instrument_id',
    limit: limitParameter(request.limit),
  };
}

/** @throws USAGE for 0, which get_range takes for no limit at all */
export function limitParameter(limit: bigint | null): string | undefined {
  if (limit === null) return undefined;
  if (limit > 0n) return String(limit);
  throw new TickloomError('USAGE', `cannot ask for ${limit} records`, {
    hint: 'Leave the limit out, or give 1 or more.',
  });
}
