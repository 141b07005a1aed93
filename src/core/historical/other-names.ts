import { intersection } from '../coverage/range-set.js';
import { someOf } from '../text/some-of.js';
import type { HeldCoverage } from './held-coverage.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import type { PlanNote } from './range-plan.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';
import { datesOf, SymbolMeanings } from './symbol-meanings.js';

/**
 * Finds what is asked for, and held already, on the other side: a continuous symbol whose instruments are there, or
 * instruments that are there as a continuous symbol. The rows of the two are not shared.
 */
export async function otherNames(
  api: HistoricalApi,
  request: RangeRequest,
  meanings: SymbolMeanings,
  held: HeldCoverage,
  call: ApiCall,
): Promise<PlanNote[]> {
  if (request.stypeIn === 'continuous') return instrumentsBehind(request, meanings, held);
  const near = held.aliases.filter(({ ranges }) => intersection(ranges, [request]).length > 0);
  if (near.length === 0) return [];
  const aliases = near.map(({ symbol }) => symbol);
  if (request.symbols.includes(ALL_SYMBOLS)) return [sameRows(aliases, 'continuous symbols')];
  const { dataset } = request;
  const { intervals } = await api.resolve(
    { dataset, stypeIn: 'continuous', stypeOut: 'instrument_id', symbols: aliases, ...datesOf(request) },
    call,
  );
  const asked = byInstrument(request.symbols, meanings);
  const meant = new SymbolMeanings(intervals);
  const same = near.filter(({ symbol, ranges }) => {
    const means = meant.of(symbol);
    return (
      means !== 'everything' &&
      means.some(({ instrumentId, range }) => {
        const wanted = intersection(asked.get(instrumentId) ?? [], [request]);
        return intersection(intersection(wanted, [range]), ranges).length > 0;
      })
    );
  });
  return same.length === 0
    ? []
    : [
        sameRows(
          same.map(({ symbol }) => symbol),
          'continuous symbols',
        ),
      ];
}

function instrumentsBehind(request: RangeRequest, meanings: SymbolMeanings, held: HeldCoverage): PlanNote[] {
  const same = request.symbols.filter((symbol) => {
    const meant = meanings.of(symbol);
    return meant !== 'everything' && held.heldMeanings(meant, request).length > 0;
  });
  return same.length === 0 ? [] : [sameRows(same, 'instruments')];
}

function byInstrument(symbols: readonly string[], meanings: SymbolMeanings) {
  const byId = new Map<string, { start: bigint; end: bigint }[]>();
  for (const symbol of symbols) {
    const meant = meanings.of(symbol);
    if (meant === 'everything') continue;
    for (const { instrumentId, range } of meant) byId.set(instrumentId, [...(byId.get(instrumentId) ?? []), range]);
  }
  return byId;
}

function sameRows(symbols: readonly string[], kind: string): PlanNote {
  const names = someOf(symbols);
  const found =
    kind === 'instruments'
      ? `instruments that ${names} ${symbols.length === 1 ? 'means' : 'mean'} are there already by their own names`
      : `instruments of the request are there already as ${names}`;
  return {
    topic: 'names',
    text: `${found}; continuous symbols have rows of their own, so a query over both counts twice`,
  };
}
