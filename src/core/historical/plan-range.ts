import type { Archive } from '../archive/archive.js';
import type { NanosRange } from '../coverage/coverage-claim.js';
import { intersection, subtract, union } from '../coverage/range-set.js';
import type { Ledger } from '../ledger/ledger.js';
import type { AnnouncedPurchase } from './announced-purchase.js';
import { takeEntries, type MissingBySymbol } from './archived-entries.js';
import { boughtAgain } from './bought-again.js';
import { ChildSymbols } from './child-symbols.js';
import { ChunkCuts, type ChunkLength } from './chunk-cuts.js';
import {
  archivedPart,
  batchPart,
  comingJobNote,
  type DraftPart,
  freePart,
  newerEntryNote,
  purchase,
  type RangeSituation,
  type RequestFacts,
  takenJobNotes,
  widerJobNote,
} from './draft-parts.js';
import { estimateRange } from './estimate-range.js';
import { NO_JOBS, type PaidJobs } from './finished-job.js';
import { HeldCoverage } from './held-coverage.js';
import type { HistoricalApi } from './historical-api.js';
import { inParallel } from './in-parallel.js';
import { jobsByOtherNames } from './jobs-by-other-names.js';
import { otherNames } from './other-names.js';
import { planLimited } from './plan-limited.js';
import { type Estimate, type PartState, type PlanNote, type PlanPart, type RangePlan, sumOf } from './range-plan.js';
import { purchasesInTheWay } from './purchases-in-the-way.js';
import type { RangeRequest } from './range-request.js';
import { buySingly, NOTHING_SINGLY } from './single-purchases.js';
import { symbolGroups } from './symbol-groups.js';
import { comingJobs, takeJobs } from './take-jobs.js';
import { type Stretch, stretchesOf } from './symbol-stretches.js';

/** Who knows what there is, here and there. */
export interface PlanPorts {
  readonly api: HistoricalApi;
  readonly ledger: Pick<Ledger, 'covered'>;
  readonly archive: Pick<Archive, 'list'>;
  /** Batch jobs that are paid for, asked for when something would be bought; absent: none. */
  readonly jobs?: () => Promise<PaidJobs>;
  /** What other runs are about to buy; absent: nothing. */
  readonly announced?: readonly AnnouncedPurchase[];
}

export interface PlanOptions {
  /** Default `auto`. */
  readonly chunk?: ChunkLength | undefined;
  /** Plans what is covered too, from the archive where that has it. */
  readonly force?: boolean | undefined;
  /** Plans to buy everything, whatever is there. */
  readonly refetch?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

const WHY_BUY = {
  missing: 'neither the database nor the archive has it',
  force: 'the archive does not have it',
  refetch: 'it is to be bought again',
} as const;
/** Symbology carries its intervals over weekends and holidays; asked for such a day alone, the service knows no symbol. */
const NO_SESSION = 'the service has no instruments then';
/** States of parts that bring something. */
const OPEN: readonly PartState[] = ['buy', 'batch', 'archived'];
/** Estimates in the making at one time, three calls each. The client keeps to the service's rates. */
const ESTIMATES_AT_ONCE = 4;

/**
 * Plans one schema of a request: what is there, what the archive has, what to buy. Buys nothing.
 *
 * The request's symbols resolve, each on some day. See `docs/decisions/planning-and-money.md` for the rules.
 * @throws USAGE for a limit on what cannot be asked for at once, and what the ports throw
 */
export async function planRange(
  request: RangeRequest,
  facts: RequestFacts,
  ports: PlanPorts,
  options: PlanOptions = {},
): Promise<RangePlan> {
  const { dataset, schema } = request;
  const { chunk = 'auto', force = false, refetch = false, signal } = options;
  const { api } = ports;
  const call = signal === undefined ? {} : { signal };
  const held = new HeldCoverage(await ports.ledger.covered(dataset, schema, request));
  const counted = force || refetch ? new HeldCoverage([]) : held;
  const situation: RangeSituation = {
    ...facts,
    api,
    call,
    request,
    groups: symbolGroups(request.stypeIn, request.symbols, facts.meanings),
    held,
    counted,
    missing: new Map(
      request.symbols.map((symbol) => [symbol, counted.missing(request.stypeIn, symbol, facts.meanings, [request])]),
    ),
    entries: refetch ? [] : await ports.archive.list({ dataset, schema }),
    jobs: async () => (refetch ? NO_JOBS : ((await ports.jobs?.()) ?? NO_JOBS)),
    chunk,
    whyBuy: refetch ? WHY_BUY.refetch : force ? WHY_BUY.force : WHY_BUY.missing,
  };
  const notes: PlanNote[] = [];
  const drafts = request.limit === null ? await planWhole(situation, notes) : await planLimited(situation, notes);
  const estimates = new Map<DraftPart, Estimate | null>();
  const purchases = drafts.filter((draft) => draft.state === 'buy' && draft.estimate === undefined);
  await inParallel(purchases, ESTIMATES_AT_ONCE, async (draft) => {
    estimates.set(draft, await estimateRange(api, draft.request, call));
  });
  const parts = drafts.map((draft): PlanPart => {
    if (draft.state !== 'buy') return draft;
    const estimate = draft.estimate ?? estimates.get(draft) ?? null;
    return estimate === null ? { ...draft, state: 'empty', reason: NO_SESSION } : { ...draft, estimate };
  });
  const open = parts.some(({ state }) => OPEN.includes(state));
  // What comes into another archive only is no help to who looks away from the database.
  const announced = (ports.announced ?? []).filter(({ shares }) => shares === 'archive' || !force);
  return {
    request,
    parts: parts.sort(byStart),
    inTheWay: refetch ? [] : await purchasesInTheWay(situation, parts, announced),
    notes: [
      ...facts.conditions.notes(request),
      ...notes,
      ...(open ? await otherNames(api, request, facts.meanings, held, call) : []),
      ...boughtAgain(request, counted, situation.missing, parts),
    ],
    estimate: sumOf(parts.flatMap((part) => (part.state === 'buy' ? [part.estimate] : []))),
  };
}

async function planWhole(situation: RangeSituation, notes: PlanNote[]): Promise<DraftPart[]> {
  const { api, call, request, meanings, conditions, counted, entries } = situation;
  const taken = await takeEntries(api, request, meanings, counted, situation.missing, entries, call);
  const children = new ChildSymbols(api, request, call);
  const wanted = [...taken.missing].some(([symbol, ranges]) =>
    subtract(ranges, conditions.pending).some((range) => meanings.hull([symbol], range) !== null),
  );
  const { finished, coming } = wanted ? await situation.jobs() : NO_JOBS;
  const jobs = takeJobs(request, taken.missing, finished, conditions);
  const renamed = await jobsByOtherNames(situation, jobs.missing, finished);
  notes.push(
    ...taken.newer.map(newerEntryNote),
    ...takenJobNotes(situation, jobs.jobs),
    ...[...jobs.wider, ...renamed].map(widerJobNote),
    ...comingJobs(request, jobs.missing, coming, conditions).map(comingJobNote),
  );
  const drafts = [...taken.entries.map(archivedPart), ...jobs.jobs.map((taken) => batchPart(situation, taken))];
  for (const symbols of situation.groups) {
    const missing = pick(situation.missing, symbols);
    const left = pick(jobs.missing, symbols);
    const covered = mapRanges(missing, (ranges) => subtract([request], ranges));
    drafts.push(...stretchesOf(covered).map((stretch) => freePart(situation, 'covered', stretch)));
    const pending = mapRanges(left, (ranges) => intersection(ranges, conditions.pending));
    drafts.push(...stretchesOf(pending).map((stretch) => freePart(situation, 'pending', stretch)));
    const askable = mapRanges(left, (ranges) => subtract(ranges, conditions.pending));
    drafts.push(...(await planPurchase(situation, taken.there, children, symbols, stretchesOf(askable))));
  }
  return drafts;
}

/**
 * Cuts what has to be bought into chunks, takes out what of them is cheaper by single instruments, and puts aside the
 * days at their ends on which no symbol means anything.
 */
async function planPurchase(
  situation: RangeSituation,
  there: HeldCoverage,
  children: ChildSymbols,
  group: readonly string[],
  stretches: readonly Stretch[],
): Promise<DraftPart[]> {
  const { api, call, request, meanings, chunk } = situation;
  const cuts = new ChunkCuts(api, { ...request, symbols: group }, chunk, call);
  const drafts: DraftPart[] = [];
  const empty = new Map<string, NanosRange[]>(group.map((symbol) => [symbol, []]));
  for (const { range, symbols } of stretches) {
    for (const piece of await cuts.cut(range, (within) => meanings.hull(symbols, within) !== null)) {
      const whole = new Map<string, NanosRange[]>();
      for (const symbol of symbols) {
        const singly =
          request.stypeIn === 'parent' ? await buySingly(situation, there, children, symbol, piece) : NOTHING_SINGLY;
        drafts.push(...singly.parts);
        whole.set(symbol, subtract([piece], singly.ranges));
      }
      for (const stretch of stretchesOf(whole)) {
        const meant = meanings.hull(stretch.symbols, stretch.range);
        if (meant !== null) drafts.push(purchase(situation, { range: meant, symbols: stretch.symbols }));
        const nothing = subtract([stretch.range], meant === null ? [] : [meant]);
        for (const symbol of stretch.symbols) empty.get(symbol)?.push(...nothing);
      }
    }
  }
  const joined = stretchesOf(mapRanges(empty, union));
  return [...drafts, ...joined.map((stretch) => freePart(situation, 'empty', stretch))];
}

function pick(map: MissingBySymbol, symbols: readonly string[]): MissingBySymbol {
  return new Map(symbols.map((symbol) => [symbol, map.get(symbol) ?? []]));
}

function mapRanges(
  map: MissingBySymbol,
  change: (ranges: readonly NanosRange[]) => readonly NanosRange[],
): MissingBySymbol {
  return new Map([...map].map(([symbol, ranges]) => [symbol, change(ranges)]));
}

function byStart(a: PlanPart, b: PlanPart): number {
  return a.request.start < b.request.start ? -1 : a.request.start > b.request.start ? 1 : 0;
}
