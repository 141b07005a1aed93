import type { Metadata } from '../dbn/metadata.js';
import { TickloomError } from '../errors/index.js';
import { REVISED } from './answer-verdict.js';
import type { RangeRequest } from './range-request.js';

type Compared = readonly [field: string, found: string, expected: string];

/**
 * Makes sure that an answer belongs to its request, so that a wrong one is never taken for the right one.
 * @param first the header of the answer that this one continues, if any
 * @throws DOWNLOAD_CORRUPT naming the field that differs
 */
export function checkAnswerHeader(header: Metadata, request: RangeRequest, first: Metadata | null): void {
  const compared: Compared[] = [
    ['dataset', header.dataset, request.dataset],
    ['schema', String(header.schema), request.schema],
    ['stype_in', String(header.stypeIn), request.stypeIn],
    ['start', String(header.start), String(request.start)],
    ['end', String(header.end), String(request.end)],
    ['limit', String(header.limit), String(request.limit)],
    ['symbols', setOf(header.symbols), setOf(request.symbols)],
  ];
  for (const [field, found, expected] of compared) {
    if (found !== expected) throw misfit(field, found, expected, null);
  }
  if (first === null) return;
  // The service may have gone over to another version of the format in between.
  if (header.version !== first.version) throw misfit('version', String(header.version), String(first.version), REVISED);
  if (header.tsOut !== first.tsOut) throw misfit('ts_out', String(header.tsOut), String(first.tsOut), REVISED);
}

function misfit(field: string, found: string, expected: string, reason: string | null): TickloomError {
  const what = `its header has ${field} ${shortened(found)}, expected ${shortened(expected)}`;
  return new TickloomError('DOWNLOAD_CORRUPT', `the answer does not belong to its request: ${what}`, {
    hint: 'Run the same command again; if it stays so, report the request to the vendor.',
    context: { field, reason },
  });
}

const setOf = (symbols: readonly string[]): string => [...new Set(symbols)].sort().join(',');

const shortened = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
