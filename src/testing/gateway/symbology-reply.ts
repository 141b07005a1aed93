import { dateOfDay } from '../../core/symbology/utc-day.js';
import type { SymbolSelection } from './symbol-selection.js';

/** What symbology.resolve answers, and what a `symbology.json` holds. */
export interface SymbologyReply {
  readonly result: Readonly<
    Record<string, readonly { readonly d0: string; readonly d1: string; readonly s: string }[]>
  >;
  readonly symbols: readonly string[];
  readonly stype_in: string;
  readonly stype_out: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly partial: readonly string[];
  readonly not_found: readonly string[];
  readonly message: string;
  readonly status: number;
}

export function symbologyReply(
  selection: SymbolSelection,
  request: {
    readonly symbols: readonly string[];
    readonly stypeIn: string;
    readonly stypeOut: string;
    readonly startDay: number;
    readonly endDay: number;
  },
): SymbologyReply {
  const { partial, notFound, intervals } = selection;
  const status = notFound.length === intervals.size ? 2 : partial.length + notFound.length > 0 ? 1 : 0;
  const result = [...intervals].map(([symbol, found]) => {
    return [symbol, found.map((one) => ({ d0: dateOfDay(one.startDay), d1: dateOfDay(one.endDay), s: one.symbol }))];
  });
  return {
    result: Object.fromEntries(result) as SymbologyReply['result'],
    symbols: request.symbols,
    stype_in: request.stypeIn,
    stype_out: request.stypeOut,
    start_date: dateOfDay(request.startDay),
    end_date: dateOfDay(request.endDay),
    partial,
    not_found: notFound,
    message: ['OK', 'Partially resolved', 'Not found'][status] as string,
    status,
  };
}
