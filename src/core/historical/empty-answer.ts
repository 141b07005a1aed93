import { encodeMetadata } from '../dbn/encode/encode-metadata.js';
import { newMetadata } from '../dbn/encode/dbn-encoder.js';
import { isTickloomError } from '../errors/index.js';
import type { RangeRequest } from './range-request.js';

/** The `case` of a 422: none of the symbols means an instrument on these days. */
const NO_INSTRUMENTS = 'symbology_invalid_request';

/** Whether the service says that there is nothing because there are no such instruments on these days. */
export function saysNoInstruments(error: unknown): boolean {
  return isTickloomError(error) && error.code === 'REQUEST_REJECTED' && error.context['case'] === NO_INSTRUMENTS;
}

/** The header of an answer without records, which the service does not send when it has nothing. */
export function emptyAnswer(request: RangeRequest): Uint8Array {
  const { dataset, schema, start, end, limit, stypeIn, symbols } = request;
  return encodeMetadata(newMetadata({ dataset, schema, start, end, limit, stypeIn, symbols, notFound: symbols }));
}
