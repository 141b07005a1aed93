import { TickloomError } from '../errors/index.js';
import { parseMoment } from '../text/parse-nanos.js';
import { writtenTime } from '../text/written-time.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';
import { readSymbols } from './read-symbols.js';

const LARGEST_LIMIT = 2n ** 64n - 1n;

/** What a person says. Times as {@link parseMoment} reads them. */
export interface HistoricalRequestText {
  readonly dataset?: string | undefined;
  readonly schemas?: readonly string[] | undefined;
  readonly symbols?: readonly string[] | undefined;
  /** Left out: it follows from the symbols. */
  readonly stypeIn?: string | undefined;
  readonly start?: string | undefined;
  /** Exclusive. Left out: where the text of `start` ends, e.g. a day later for a day. */
  readonly end?: string | undefined;
  readonly limit?: number | bigint | null | undefined;
}

/** A request to the Historical API, checked as far as one can without asking the service. */
export interface HistoricalRequest extends Omit<RangeRequest, 'schema'> {
  /** In the order given, each once. */
  readonly schemas: readonly string[];
  /** The symbology follows from the form of the symbols. */
  readonly stypeInferred: boolean;
  /** Nobody gave the end: it may be moved to where the data end. */
  readonly endOpen: boolean;
  /** Nobody gave the start: it may be moved to where the data begin. Left out: somebody did. */
  readonly startOpen?: boolean;
}

/** @throws USAGE */
export function readHistoricalRequest(text: HistoricalRequestText): HistoricalRequest {
  const dataset = text.dataset?.trim() ?? '';
  if (dataset === '') throw usage('dataset', 'no dataset is given', 'Give --dataset, e.g. GLBX.MDP3.');
  const { stypeIn, inferred, symbols } = readSymbols(text.symbols ?? [], text.stypeIn);
  return {
    dataset,
    schemas: readSchemas(text.schemas ?? []),
    stypeIn,
    stypeInferred: inferred,
    symbols,
    ...readRange(text.start, text.end),
    limit: readLimit(text.limit ?? null),
  };
}

/** The request for one of its schemas. */
export function rangeRequestOf(request: HistoricalRequest, schema: string): RangeRequest {
  const { dataset, stypeIn, symbols, start, end, limit } = request;
  return { dataset, schema, stypeIn, symbols, start, end, limit };
}

/** How symbols are read where nobody said so, for people; `null` where somebody did, and for ALL_SYMBOLS. */
export function stypeNote(request: Pick<HistoricalRequest, 'stypeIn' | 'stypeInferred' | 'symbols'>): string | null {
  if (!request.stypeInferred || request.symbols.includes(ALL_SYMBOLS)) return null;
  return `symbols are read as ${request.stypeIn} (from the form of the symbols)`;
}

function readSchemas(given: readonly string[]): readonly string[] {
  const schemas = given.map((schema) => schema.trim());
  if (schemas.length === 0 || schemas.includes('')) {
    const found = schemas.length === 0 ? 'no schema is given' : `one of the ${schemas.length} schemas is empty`;
    throw usage('schema', found, 'Give --schema, e.g. trades, or several: trades,definition.');
  }
  return [...new Set(schemas)];
}

function readRange(
  startText: string | undefined,
  endText: string | undefined,
): { start: bigint; end: bigint; endOpen: boolean } {
  if (startText === undefined) {
    throw usage('start', 'no start is given', 'Give --start, e.g. 2024-03-04, and perhaps --end, which is exclusive.');
  }
  const { start, end: forward } = parseMoment('start', startText.trim());
  const end = endText === undefined ? forward : parseMoment('end', endText.trim()).start;
  if (end === null) {
    throw usage('end', `no end is given, and start, "${startText}", is a single instant`, 'Give --end as well.');
  }
  if (start >= end) {
    const same = start === end ? 'the same as' : 'after';
    throw usage(
      'end',
      `start, ${writtenTime(start)}, is ${same} end, ${writtenTime(end)}, expected a start before the end`,
      start === end ? 'Give an end after the start: the end is exclusive.' : 'Exchange start and end.',
    );
  }
  return { start, end, endOpen: endText === undefined };
}

function readLimit(limit: number | bigint | null): bigint | null {
  if (limit === null) return null;
  const whole = typeof limit === 'bigint' || Number.isSafeInteger(limit);
  if (whole && limit > 0 && BigInt(limit) <= LARGEST_LIMIT) return BigInt(limit);
  throw usage('limit', `limit is ${limit}, expected a whole number above 0`, 'Leave out --limit to have all records.');
}

function usage(setting: string, message: string, hint: string): TickloomError {
  return new TickloomError('USAGE', message, { hint, context: { setting } });
}
