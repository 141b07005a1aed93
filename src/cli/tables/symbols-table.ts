import type { ResolvedSymbols } from '../../index.js';
import { left, type Table } from './table.js';

/** One row per stretch of days; symbols that mean nothing have a row of their own. */
export function resolvedSymbolsTable({ symbols, stype_out, not_found, partial }: ResolvedSymbols): Table {
  const remark = (symbol: string): string | null =>
    not_found.includes(symbol) ? 'not found' : partial.includes(symbol) ? 'on some days only' : null;
  return {
    columns: [left('symbol'), left('start date'), left('end date'), left(stype_out.replace('_', ' ')), left('remark')],
    rows: symbols.flatMap(({ symbol, intervals }) =>
      intervals.length === 0
        ? [[symbol, null, null, null, remark(symbol)]]
        : intervals.map((interval) => [
            symbol,
            interval.start_date,
            interval.end_date,
            interval.symbol,
            remark(symbol),
          ]),
    ),
    empty: 'nothing was asked for',
  };
}
