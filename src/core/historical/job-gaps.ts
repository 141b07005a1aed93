import type { NanosRange } from '../coverage/coverage-claim.js';
import { subtract } from '../coverage/range-set.js';
import type { Metadata } from '../dbn/metadata.js';
import type { RangeRequest } from './range-request.js';
import { stretchesOf } from './symbol-stretches.js';

/**
 * What a job was submitted for and none of its files covers: a piece without records has no file. As requests by time.
 *
 * None for a job with a limit: where that ended it is known only by reading all of it. None either where some file is not
 * a piece of the job: what it holds may be what seems to be missing.
 * @param headers of all its files
 * @param pending days that the vendor had not finished, of which nothing is known
 */
export function jobGaps(
  request: RangeRequest,
  headers: readonly Metadata[],
  pending: readonly NanosRange[],
): RangeRequest[] {
  if (request.limit !== null || !headers.every((header) => isPieceOf(request, header))) return [];
  const missing = request.symbols.map((symbol) => {
    const files = headers.filter(({ symbols }) => symbols.includes(symbol));
    const covered = files.flatMap(({ start, end }) => (end === null ? [] : [{ start, end }]));
    return [symbol, subtract([request], [...covered, ...pending])] as const;
  });
  return stretchesOf(new Map(missing)).map(({ range, symbols }) => ({ ...request, ...range, symbols }));
}

/** Says whether a file with this header stands for a part of a job: some of its symbols, some of its time. */
export function isPieceOf(request: RangeRequest, header: Metadata): boolean {
  const { dataset, schema, stypeIn, symbols, start, end, limit } = header;
  return (
    dataset === request.dataset &&
    schema === request.schema &&
    stypeIn === request.stypeIn &&
    limit === request.limit &&
    symbols.length > 0 &&
    symbols.every((symbol) => request.symbols.includes(symbol)) &&
    end !== null &&
    start < end
  );
}
