import { businessError } from './api-error.js';
import type { Parameters } from './parameters.js';
import { ALL_SYMBOLS } from './symbol-selection.js';

const MOST_SYMBOLS = 2_000;
const U32_MAX = 0xffff_ffff;
const LONGEST_SYMBOL = 70;

const FORMATS: Readonly<Record<string, (symbol: string) => boolean>> = {
  raw_symbol: (symbol) => symbol.length <= LONGEST_SYMBOL && /^[\x20-\x7e]+$/.test(symbol),
  instrument_id: (symbol) => /^\d{1,10}$/.test(symbol) && Number(symbol) <= U32_MAX,
  parent: (symbol) => /^[A-Z0-9]+\.(FUT|OPT)$/.test(symbol),
  continuous: (symbol) => /^[A-Z0-9]+\.[cvn]\.\d{1,3}$/.test(symbol),
};

const PAIRS: Readonly<Record<string, readonly string[]>> = {
  raw_symbol: ['instrument_id'],
  instrument_id: ['instrument_id', 'raw_symbol'],
  parent: ['instrument_id'],
  continuous: ['instrument_id'],
};

/** The symbols, split at commas, in the order given, each once. */
export function symbolsOf(parameters: Parameters, otherwise?: string): string[] {
  const text = otherwise === undefined ? parameters.required('symbols') : (parameters.optional('symbols') ?? otherwise);
  return [...new Set(text.split(','))];
}

/** @throws ApiError for too many symbols, a form that the symbology does not have, a pair of symbologies that does not exist */
export function checkSymbols(
  parameters: Parameters,
  stypeIn: string,
  stypeOut: string,
  symbols: readonly string[],
): void {
  if (symbols.length > MOST_SYMBOLS) {
    throw parameters.refusal('symbols', `At most ${MOST_SYMBOLS} symbols are allowed in a request`, 'too_long');
  }
  if (PAIRS[stypeIn]?.includes(stypeOut) !== true) {
    const message = `Symbols of type ${stypeIn} cannot be resolved to ${stypeOut}.`;
    throw businessError(422, 'symbology_invalid_request', message);
  }
  if (symbols.includes(ALL_SYMBOLS)) {
    if (symbols.length === 1 && ['raw_symbol', 'parent'].includes(stypeIn)) return;
    throw invalid(ALL_SYMBOLS, stypeIn);
  }
  const wrong = symbols.find((symbol) => FORMATS[stypeIn]?.(symbol) !== true);
  if (wrong !== undefined) throw invalid(wrong, stypeIn);
}

function invalid(symbol: string, stypeIn: string): Error {
  return businessError(400, 'symbology_invalid_symbol', `The symbol '${symbol}' is not valid for stype_in ${stypeIn}.`);
}
