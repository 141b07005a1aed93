import { stypeNote } from '../core/historical/historical-request.js';
import { readSymbols } from '../core/historical/read-symbols.js';
import { DATABENTO } from './api-access.js';
import type { ApiRequest } from './api-request.js';

/**
 * How the symbols of a request to Databento are read where it does not say so, for people, as a run notes it; `null` where
 * it does.
 * @throws USAGE
 */
export function stypeChoice({ api, symbols, stypeIn }: ApiRequest): string | null {
  if (api !== DATABENTO) return null;
  const { inferred, ...selection } = readSymbols(symbols, stypeIn);
  return stypeNote({ ...selection, stypeInferred: inferred });
}
