import type { DbnVersion } from '../dbn/layout/record-layout.js';
import { TickloomError } from '../errors/index.js';
import { ROOTS } from './contracts.js';

/** The schemas that can be made up. */
export const SAMPLE_SCHEMAS = [
  'trades',
  'tbbo',
  'ohlcv-1s',
  'ohlcv-1m',
  'ohlcv-1h',
  'ohlcv-1d',
  'statistics',
  'definition',
] as const;
export type SampleSchema = (typeof SAMPLE_SCHEMAS)[number];

/** How the symbols of the header are written. */
export const SAMPLE_STYPES = ['continuous', 'raw_symbol', 'parent'] as const;
export type SampleStype = (typeof SAMPLE_STYPES)[number];

/** What a sample is to hold. The same request gives the same bytes, always. */
export interface SampleRequest {
  /** One of {@link SAMPLE_SCHEMAS}. */
  readonly schema: string;
  /** Exactly so many; 0 gives a header alone. */
  readonly records: number;
  /** Symbols in the header: ES, NQ, CL … and, from the 25th on, the contracts after the nearest ones. */
  readonly instruments: number;
  /** Whole UTC days, weekends included: markets are closed then. */
  readonly days: number;
  readonly seed: number;
  /** Default 3. */
  readonly version?: DbnVersion;
  /** First UTC day, YYYY-MM-DD; default {@link DEFAULT_START}, a Monday. */
  readonly start?: string;
  /** Default `continuous`. */
  readonly stypeIn?: string;
}

/** A request that was checked, with all defaults in place. */
export interface CheckedRequest {
  readonly schema: SampleSchema;
  readonly records: number;
  readonly instruments: number;
  readonly days: number;
  readonly seed: number;
  readonly version: DbnVersion;
  /** Days from 1970-01-01 to the first one. */
  readonly startDay: number;
  readonly stypeIn: SampleStype;
}

export const DEFAULT_START = '2024-03-04';

const MS_PER_DAY = 86_400_000;
/** Contracts of one root that can be asked for at a time: two and a half years of quarterly ones. */
const MAX_RANK = 10;
const MAX_INSTRUMENTS = ROOTS.length * MAX_RANK;
/** A hundred years. */
const MAX_DAYS = 36_525;
const MAX_RECORDS = 2 ** 32 - 1;

/** @throws SCHEMA_UNKNOWN, USAGE */
export function checkRequest(request: SampleRequest): CheckedRequest {
  return {
    schema: checkSchema(request.schema),
    records: checkInteger('records', request.records, 0, MAX_RECORDS),
    instruments: checkInteger('instruments', request.instruments, 1, MAX_INSTRUMENTS),
    days: checkInteger('days', request.days, 1, MAX_DAYS),
    seed: checkInteger('seed', request.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    version: checkInteger('version', request.version ?? 3, 1, 3) as DbnVersion,
    startDay: checkStart(request.start ?? DEFAULT_START),
    stypeIn: checkStype(request.stypeIn ?? 'continuous'),
  };
}

function checkSchema(schema: string): SampleSchema {
  const found = SAMPLE_SCHEMAS.find((known) => known === schema);
  if (found !== undefined) return found;
  throw new TickloomError(
    'SCHEMA_UNKNOWN',
    `cannot make a sample of schema "${schema}"; known: ${SAMPLE_SCHEMAS.join(', ')}`,
    { hint: 'Name one of the known schemas.', context: { schema } },
  );
}

function checkStype(stype: string): SampleStype {
  const found = SAMPLE_STYPES.find((known) => known === stype);
  if (found !== undefined) return found;
  throw usage(`stype_in is one of ${SAMPLE_STYPES.join(', ')}, not "${stype}"`);
}

function checkInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw usage(`${name} is a whole number from ${least} to ${most}, not "${value}"`);
}

function checkStart(start: string): number {
  const time = Date.parse(`${start}T00:00:00Z`);
  // Date.parse takes February 30 for March 1.
  if (/^\d{4}-\d\d-\d\d$/.test(start) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(start)) {
    const day = time / MS_PER_DAY;
    if (day >= 0 && start < '2150') return day;
  }
  throw usage(`start is a day from 1970-01-01 to 2149-12-31, written YYYY-MM-DD, not "${start}"`);
}

function usage(what: string): TickloomError {
  return new TickloomError('USAGE', `cannot make a sample: ${what}`, { hint: 'Correct the request.' });
}
