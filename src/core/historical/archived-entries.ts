import type { ArchiveEntry } from '../archive/archive.js';
import type { CoveredAsk, NanosRange } from '../coverage/coverage-claim.js';
import { intersection, overlapOf, overlaps, subtract } from '../coverage/range-set.js';
import { coverageOf, HeldCoverage } from './held-coverage.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import { ALL_SYMBOLS, type RangeRequest, type StypeIn } from './range-request.js';
import { staleDays } from './stale-days.js';
import { datesOf, SymbolMeanings } from './symbol-meanings.js';

/** What is missing, by symbol of the request, in its order. */
export type MissingBySymbol = ReadonlyMap<string, readonly NanosRange[]>;

/** What has to be known of an entry to choose it. */
export type EntryToTake = Pick<ArchiveEntry, 'id' | 'request' | 'archivedAt' | 'conditions'>;

export interface EntriesTaken<Entry extends EntryToTake = ArchiveEntry> {
  readonly entries: readonly Entry[];
  /** What none of them has. */
  readonly missing: MissingBySymbol;
  /** What is there once they are loaded. */
  readonly there: HeldCoverage;
  /** Entries that are not taken, though the vendor had changed days of a taken one before they were bought. */
  readonly newer: readonly Entry[];
}

/**
 * Chooses the entries of the archive that bring something that is missing: the one of this very request, else the ones
 * that span most first, and of two that span the same the one that was bought last. What an entry
 * brings is what coverage would say after loading it; so an entry of a parent, or of ALL_SYMBOLS, serves a raw symbol, and
 * one of a raw symbol serves its parent.
 * @param held what counts as there before that
 */
export async function takeEntries<Entry extends EntryToTake>(
  api: HistoricalApi,
  request: RangeRequest,
  meanings: SymbolMeanings,
  held: HeldCoverage,
  missing: MissingBySymbol,
  entries: readonly Entry[],
  call: ApiCall,
): Promise<EntriesTaken<Entry>> {
  const near = entries
    .filter((entry) => mayServe(entry.request, request) && !isHeld(entry.request, request, held))
    .sort(
      (a, b) => Number(isSameRequest(b.request, request)) - Number(isSameRequest(a.request, request)) || bySpan(a, b),
    );
  const asked = near.map((entry) => entry.request);
  const known = await meaningsOf(api, request, meanings, asked, call);
  const left = new Map(missing);
  let there = held;
  const taken = near.filter((entry) => {
    const rows = rowsOf(entry);
    if (!serves(entry, rows, left)) return false;
    there = there.plus(rows);
    for (const [symbol, ranges] of left) left.set(symbol, there.missing(request.stypeIn, symbol, meanings, ranges));
    return true;
  });
  const newer = near.filter(
    (entry) =>
      !taken.includes(entry) && taken.some((other) => isRevised(other, entry)) && serves(entry, rowsOf(entry), missing),
  );

  function rowsOf({ request: asked }: Entry): readonly CoveredAsk[] {
    return coverageOf(asked, known(asked.stypeIn));
  }

  function serves(entry: Entry, rows: readonly CoveredAsk[], wanted: MissingBySymbol): boolean {
    const brought = new HeldCoverage(rows);
    return [...wanted].some(([symbol, ranges]) => helps(symbol, intersection(ranges, [entry.request]), brought));
  }

  function helps(symbol: string, wanted: readonly NanosRange[], brought: HeldCoverage): boolean {
    if (wanted.length === 0) return false;
    const still = brought.missing(request.stypeIn, symbol, meanings, wanted);
    if (subtract(wanted, still).length > 0) return true;
    const meant = meanings.of(symbol);
    if (request.stypeIn !== 'parent' || meant === 'everything') return false;
    return wanted.some((range) =>
      there
        .missingMeanings(meant, range)
        .some((part) => intersection([part.range], brought.of('instrument_id', part.instrumentId)).length > 0),
    );
  }
  return { entries: taken.sort(byStart), missing: left, there, newer: newer.sort(byStart) };
}

/** Says whether two requests ask for the same, in whatever order of symbols. */
export function isSameRequest(a: RangeRequest, b: RangeRequest): boolean {
  const [few, many] = [new Set(a.symbols), new Set(b.symbols)];
  return (
    a.dataset === b.dataset &&
    a.schema === b.schema &&
    a.stypeIn === b.stypeIn &&
    a.start === b.start &&
    a.end === b.end &&
    a.limit === b.limit &&
    few.size === many.size &&
    [...few].every((symbol) => many.has(symbol))
  );
}

/** Says whether the vendor has changed a day of an entry between its purchase and that of another one. */
function isRevised(older: EntryToTake, newer: EntryToTake): boolean {
  return newer.archivedAt > older.archivedAt && staleDays(older.conditions, newer.conditions).length > 0;
}

/** Where a limit cut an entry is known only by reading it. */
function mayServe(entry: RangeRequest, request: RangeRequest): boolean {
  const alias = request.stypeIn === 'continuous';
  return entry.limit === null && overlaps(entry, request) && (entry.stypeIn === 'continuous') === alias;
}

/** Says whether coverage has all of an entry as it was asked for: loading it again would bring nothing to the request. */
function isHeld(entry: RangeRequest, request: RangeRequest, held: HeldCoverage): boolean {
  const shared = [overlapOf(entry, request)];
  return entry.symbols.every((symbol) => subtract(shared, held.of(entry.stypeIn, symbol)).length === 0);
}

/**
 * Meanings for the symbologies that other requests have asked in; symbols of another one are resolved, for nothing, over
 * the days of this request.
 */
export async function meaningsOf(
  api: HistoricalApi,
  request: RangeRequest,
  meanings: SymbolMeanings,
  asked: readonly RangeRequest[],
  call: ApiCall,
): Promise<(stypeIn: StypeIn) => SymbolMeanings> {
  const known = new Map<StypeIn, SymbolMeanings>([[request.stypeIn, meanings]]);
  const others = asked.filter(({ stypeIn }) => stypeIn !== request.stypeIn);
  for (const stypeIn of new Set(others.map((other) => other.stypeIn))) {
    const named = others.filter((other) => other.stypeIn === stypeIn).flatMap(({ symbols }) => symbols);
    const symbols = [...new Set(named)].filter((symbol) => symbol !== ALL_SYMBOLS);
    // Nobody else's symbols mean more than everything.
    const askable = symbols.length > 0 && !request.symbols.includes(ALL_SYMBOLS);
    const { dataset } = request;
    const answer = askable
      ? await api.resolve({ dataset, stypeIn, stypeOut: 'instrument_id', symbols, ...datesOf(request) }, call)
      : { intervals: new Map<string, never[]>() };
    known.set(stypeIn, new SymbolMeanings(answer.intervals));
  }
  return (stypeIn) => known.get(stypeIn) as SymbolMeanings;
}

function bySpan(a: EntryToTake, b: EntryToTake): number {
  const difference = b.request.end - b.request.start - (a.request.end - a.request.start);
  if (difference !== 0n) return difference > 0n ? 1 : -1;
  return compare(b.archivedAt, a.archivedAt) || compare(a.id, b.id);
}

function byStart(a: EntryToTake, b: EntryToTake): number {
  return compare(a.request.start, b.request.start) || compare(a.id, b.id);
}

const compare = <T extends bigint | string>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);
