import fc from 'fast-check';
import type { CoverageClaim, InstrumentDays, NanosRange } from '../../src/core/coverage/coverage-claim.js';
import { claim, DAY, march, type TestChunk, type TestRow } from './sink-harness.js';

const INSTRUMENTS = [1, 2, 3];
const DAYS = 4;
/** Quarters of a day: coarse enough that times and ends meet. */
const STEP = DAY / 4n;
const STEPS = DAYS * 4;
/** Which instrument a continuous symbol means on each day; they roll in the middle. */
const CONTINUOUS: Readonly<Record<string, readonly number[]>> = { 'A.c.0': [1, 1, 2, 2], 'A.c.1': [2, 2, 3, 3] };

export interface VendorRow extends TestRow {
  readonly id: number;
  readonly size: number;
  readonly step: number;
}

/** What the vendor has: at each step of each instrument some records, several of them equal. */
export interface Truth {
  readonly rows: readonly VendorRow[];
}

export interface Request {
  readonly stype: 'raw_symbol' | 'parent' | 'instrument_id' | 'all' | 'continuous';
  readonly instruments: readonly number[];
  readonly symbol: string;
  readonly from: number;
  readonly to: number;
  /** What the header maps of the instruments: all, the first of them, or none. */
  readonly mapped: 'all' | 'first' | 'none';
  readonly limit: number | null;
  readonly force: boolean;
  /** The header is not true: a record is missing, or there once too often. */
  readonly lie: 'missing' | 'extra' | null;
  /** Picks the record that the lie is about. */
  readonly pick: number;
}

export const truths: fc.Arbitrary<Truth> = fc
  .array(
    fc.record({
      id: fc.constantFrom(...INSTRUMENTS),
      step: fc.integer({ min: 0, max: STEPS - 1 }),
      size: fc.integer({ min: 1, max: 2 }),
      bad: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    }),
    { maxLength: 30 },
  )
  .map((records) => ({
    rows: records
      .sort((a, b) => a.step - b.step)
      .map(({ bad, ...record }) => ({
        ...record,
        at: march(1) + BigInt(record.step) * STEP,
        ...(bad ? { rejected: `bad ${record.id} ${record.size}` } : {}),
      })),
  }));

export const requests: fc.Arbitrary<Request> = fc
  .record({
    stype: fc.constantFrom('raw_symbol', 'parent', 'instrument_id', 'all', 'continuous' as const),
    instruments: fc.subarray(INSTRUMENTS, { minLength: 1 }),
    symbol: fc.constantFrom(...Object.keys(CONTINUOUS)),
    from: fc.integer({ min: 0, max: STEPS - 1 }),
    length: fc.integer({ min: 1, max: STEPS }),
    mapped: fc.constantFrom('all', 'first', 'none' as const),
    limit: fc.option(fc.integer({ min: 1, max: 12 })),
    force: fc.integer({ min: 0, max: 5 }).map((die) => die === 0),
    lie: fc.integer({ min: 0, max: 3 }).map((die) => (die === 0 ? 'missing' : die === 1 ? 'extra' : null)),
    pick: fc.nat(),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: Math.min(rest.from + length, STEPS) }));

/** What the vendor answers, told the truth. */
export interface Answer {
  readonly chunk: TestChunk;
  readonly rows: readonly VendorRow[];
  /** Cells that it is complete for, as `key step`. */
  readonly covers: readonly string[];
}

/** The instruments that the header names. */
function mappedOf({ mapped, stype, instruments }: Request): readonly number[] {
  if (stype === 'all' || stype === 'continuous') return INSTRUMENTS;
  if (stype === 'instrument_id' || mapped === 'all') return instruments;
  return mapped === 'first' ? instruments.slice(0, 1) : [];
}

/** How many of the rows got their symbol from a mapping, and how many did not. */
function symbolsOf(request: Request, rows: readonly TestRow[]): { mapped: number; fallback: number } {
  const mapped = rows.filter(({ id = 0 }) => mappedOf(request).includes(id)).length;
  return { mapped, fallback: rows.length - mapped };
}

/** Instrument and step, apart for each continuous symbol. */
const cell = (request: Request, id: number, step: number): string =>
  request.stype === 'continuous' ? `${request.symbol} ${step}` : `${id} ${step}`;

const matches = (request: Request, { id, step }: VendorRow): boolean => {
  if (step < request.from || step >= request.to) return false;
  if (request.stype === 'all') return true;
  if (request.stype === 'continuous') return CONTINUOUS[request.symbol]?.[Math.floor(step / 4)] === id;
  return request.instruments.includes(id);
};

export function answer(truth: Truth, request: Request, content: string): Answer {
  const asked = truth.rows.filter((row) => matches(request, row));
  const rows = request.limit === null ? asked : asked.slice(0, request.limit);
  const whole = claimOf(request);
  const last = rows.at(-1);
  const cut = request.limit !== null;
  const tailClaim: CoverageClaim | null =
    last === undefined ? null : { ...whole, range: { start: whole.range.start, end: last.at }, tail: last.at };
  const chunk = {
    rows: rows.map((row) => ({ ...row, ...(request.stype === 'continuous' ? { symbol: request.symbol } : {}) })),
    claim: whole,
    ...(cut ? { tailClaim } : {}),
    symbols: symbolsOf(request, rows),
    content,
    force: request.force,
  };
  const end = cut ? (last?.step ?? request.from) : request.to;
  return { chunk, rows, covers: cut && last === undefined ? [] : covered(request, rows, end) };
}

/** The same with a record too few or too many where that is held already; `undefined` when nothing is. */
export function lie(
  request: Request,
  { chunk, rows, covers }: Answer,
  held: ReadonlySet<string>,
): TestChunk | undefined {
  const { lie: kind, pick } = request;
  if (kind === null || request.force) return undefined;
  // What is missing is a difference only where the chunk is complete; without mappings it is so by its records alone.
  const shows = (id: number, step: number): boolean => {
    const name = cell(request, id, step);
    return held.has(name) && (kind === 'extra' || (covers.includes(name) && mappedOf(request).includes(id)));
  };
  const candidates = [...rows.entries()].filter(([, row]) => row.rejected === undefined && shows(row.id, row.step));
  const [index] = candidates[pick % Math.max(1, candidates.length)] ?? [];
  if (index === undefined) return undefined;
  const told = [...chunk.rows];
  if (kind === 'missing') told.splice(index, 1);
  else told.splice(index, 0, told[index] as TestRow);
  return { ...chunk, symbols: symbolsOf(request, told), rows: told, content: `${chunk.content ?? ''} lie` };
}

function claimOf(request: Request): CoverageClaim {
  const { stype, instruments, symbol } = request;
  const range = { start: march(1) + BigInt(request.from) * STEP, end: march(1) + BigInt(request.to) * STEP };
  const days = [{ start: march(1), end: march(1 + DAYS) }];
  const named = (ranges: readonly NanosRange[]): InstrumentDays[] =>
    mappedOf(request).map((instrumentId) => ({ instrumentId, ranges }));
  switch (stype) {
    case 'all':
      return claim(range.start, range.end, {
        asks: [{ stypeIn: 'raw_symbol', symbol: 'ALL_SYMBOLS' }],
        instruments: 'all',
      });
    case 'continuous':
      return claim(range.start, range.end, { asks: [{ stypeIn: 'continuous', symbol }], instruments: [], alias: true });
    case 'instrument_id':
      return claim(range.start, range.end, {
        asks: instruments.map((id) => ({ stypeIn: 'instrument_id', symbol: String(id) })),
        instruments: named([range]),
      });
    case 'parent':
      return claim(range.start, range.end, {
        asks: [{ stypeIn: 'parent', symbol: `A${instruments.join('')}.FUT` }],
        instruments: named(days),
      });
    case 'raw_symbol':
      return claim(range.start, range.end, {
        asks: instruments.map((id) => ({ stypeIn: 'raw_symbol', symbol: `A${id}` })),
        instruments: named(days),
      });
  }
}

/** @param end step at which the chunk stops being complete */
function covered(request: Request, rows: readonly VendorRow[], end: number): string[] {
  const steps = Array.from({ length: Math.max(0, end - request.from) }, (_, index) => request.from + index);
  const days = (id: number): Set<number> =>
    new Set(rows.filter((row) => row.id === id).map(({ step }) => Math.floor(step / 4)));
  if (request.stype === 'continuous') return steps.map((step) => cell(request, 0, step));
  const ids = request.stype === 'all' ? INSTRUMENTS : request.instruments;
  return ids.flatMap((id) =>
    steps
      .filter((step) => mappedOf(request).includes(id) || days(id).has(Math.floor(step / 4)))
      .map((step) => cell(request, id, step)),
  );
}
