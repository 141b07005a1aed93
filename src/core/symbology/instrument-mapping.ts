import type { InstrumentDays } from '../coverage/coverage-claim.js';
import type { Metadata } from '../dbn/metadata.js';
import { TickloomError } from '../errors/index.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import { dayOfDateNumber, NS_PER_DAY } from './utc-day.js';

/** Before and behind every day that a u64 of nanoseconds can name. */
export const FIRST_DAY = -1;
export const LAST_DAY = 1 << 20;

/** One symbol of one instrument on the days from `start` to before `end`, counted from 1970-01-01. */
export interface InstrumentMapping {
  readonly instrumentId: number;
  readonly symbol: string;
  /** {@link FIRST_DAY} when unbounded. */
  readonly start: number;
  /** Exclusive; {@link LAST_DAY} when unbounded. */
  readonly end: number;
}

const U32_MAX = 0xffff_ffff;
/** Far beyond every real symbol (70 bytes): what is longer comes from a broken or hostile header. */
const SYMBOL_MAX_LENGTH = 1024;

/**
 * The metadata's mappings by instrument id, in the metadata's order; empty intervals and empty symbols left out.
 * Where neither side is an instrument id there is nothing to look up by, and so no mapping.
 * @throws METADATA_INVALID for an id that is no number, a date that is none, an interval that ends before it starts
 */
export function instrumentMappings(metadata: Metadata): InstrumentMapping[] {
  const { stypeIn, stypeOut } = metadata;
  const idIsValue = stypeOut === 'instrument_id';
  if (!idIsValue && stypeIn !== 'instrument_id') return [];
  const mappings: InstrumentMapping[] = [];
  for (const { rawSymbol, intervals } of metadata.mappings) {
    for (const { startDate, endDate, symbol } of intervals) {
      if (symbol === '' || startDate === endDate) continue;
      const start = dayOf(startDate, rawSymbol);
      const end = dayOf(endDate, rawSymbol);
      if (end < start) {
        throw broken(rawSymbol, `an interval from ${startDate} to ${endDate}, which ends before it starts`);
      }
      const text = idIsValue ? rawSymbol : symbol;
      checkSymbol(text);
      mappings.push({ instrumentId: idOf(idIsValue ? symbol : rawSymbol, rawSymbol), symbol: text, start, end });
    }
  }
  return mappings;
}

/**
 * Refuses a symbol that no row could hold.
 * @throws METADATA_INVALID for text with a NUL inside, which PostgreSQL does not take, and for endless text
 */
export function checkSymbol(text: string): void {
  if (text.length > SYMBOL_MAX_LENGTH) {
    throw broken(text.slice(0, 40), `a symbol of ${text.length} characters; the most is ${SYMBOL_MAX_LENGTH}`);
  }
  if (text.includes('\0')) throw broken(text.replaceAll('\0', '\\0'), 'a symbol that has a NUL inside');
}

/** The days of each instrument that the metadata's symbology names, as ns ranges at UTC midnights, merged. */
export function instrumentDays(metadata: Metadata): InstrumentDays[] {
  const byId = new Map<number, InstrumentMapping[]>();
  for (const mapping of instrumentMappings(metadata)) {
    const known = byId.get(mapping.instrumentId);
    if (known === undefined) byId.set(mapping.instrumentId, [mapping]);
    else known.push(mapping);
  }
  const entries = [...byId].sort(([a], [b]) => a - b);
  return entries.map(([instrumentId, mappings]) => ({
    instrumentId,
    ranges: mergeDays(mappings).map(({ start, end }) => ({
      start: BigInt(start) * NS_PER_DAY,
      end: BigInt(end) * NS_PER_DAY,
    })),
  }));
}

/** Sorted, with those that touch or overlap made one. */
export function mergeDays<T extends { readonly start: number; readonly end: number }>(
  ranges: readonly T[],
): { start: number; end: number }[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** What symbology.resolve said of an instrument. @throws METADATA_INVALID for a date that is none, an endless symbol */
export function mappingOf({ instrumentId, symbol, startDate, endDate }: InstrumentSymbol): InstrumentMapping {
  checkSymbol(symbol);
  const day = (date: string): number => dayOf(Number(date.replaceAll('-', '')), symbol);
  return { instrumentId, symbol, start: day(startDate), end: day(endDate) };
}

function idOf(text: string, rawSymbol: string): number {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (id > U32_MAX) throw broken(rawSymbol, `the instrument id "${text}"; needed is a number up to ${U32_MAX}`);
  return id;
}

function dayOf(date: number, rawSymbol: string): number {
  const day = dayOfDateNumber(date);
  if (day === undefined) throw broken(rawSymbol, `the date "${date}"; needed is a date written YYYYMMDD`);
  return day;
}

function broken(symbol: string, found: string): TickloomError {
  return new TickloomError('METADATA_INVALID', `the metadata maps "${symbol}" with ${found}`, {
    hint: 'Fetch the file again; its header is not one that the vendor writes.',
    context: { symbol },
  });
}
