import type { ArchiveEntry } from '../archive/archive.js';
import type { MissingBySymbol } from './archived-entries.js';
import type { ChunkLength } from './chunk-cuts.js';
import type { DayConditions } from './day-conditions.js';
import { describeRequest } from './describe-request.js';
import type { ComingJob, FinishedJob, PaidJobs } from './finished-job.js';
import type { HeldCoverage } from './held-coverage.js';
import type { ApiCall, HistoricalApi } from './historical-api.js';
import { jobInDoubtNote } from './job-contents.js';
import type { PlanNote, PlanPart } from './range-plan.js';
import type { RangeRequest } from './range-request.js';
import type { SymbolMeanings } from './symbol-meanings.js';
import type { Stretch } from './symbol-stretches.js';
import type { TakenJob } from './take-jobs.js';

/** What the service says of the symbols and days of a request. */
export interface RequestFacts {
  readonly meanings: SymbolMeanings;
  readonly conditions: DayConditions;
}

/** What a plan for one range is made from. */
export interface RangeSituation extends RequestFacts {
  readonly api: HistoricalApi;
  readonly call: ApiCall;
  readonly request: RangeRequest;
  readonly groups: readonly (readonly string[])[];
  readonly held: HeldCoverage;
  /** What counts as there: {@link held}, or nothing when that is not asked. */
  readonly counted: HeldCoverage;
  /** By symbol, what coverage does not have; all of it when that is not asked. */
  readonly missing: MissingBySymbol;
  /** Entries of the dataset and schema that may be used. */
  readonly entries: readonly ArchiveEntry[];
  /** Batch jobs that are paid for; asked for when something would be bought. */
  readonly jobs: () => Promise<PaidJobs>;
  readonly chunk: ChunkLength;
  /** Why something is bought, for people. */
  readonly whyBuy: string;
}

type Purchase = Extract<PlanPart, { state: 'buy' }>;

/** A part to buy, perhaps before its price is known. */
export type PurchaseDraft = Omit<Purchase, 'estimate'> & Partial<Pick<Purchase, 'estimate'>>;

/** A part, if it is to be bought perhaps before its price is known. */
export type DraftPart = Exclude<PlanPart, { state: 'buy' }> | PurchaseDraft;

const REASONS = {
  covered: 'the database has it',
  empty: 'none of the symbols means an instrument then',
  pending: 'the vendor has not finished these days',
} as const;

/** A part that costs nothing. */
export function freePart(
  { request, conditions }: RangeSituation,
  state: keyof typeof REASONS,
  { range, symbols }: Stretch,
): DraftPart {
  return {
    state,
    request: { ...request, ...range, symbols },
    reason: REASONS[state],
    conditions: conditions.within(range),
  };
}

export function archivedPart(entry: ArchiveEntry): DraftPart {
  const reason = `the archive has it since ${entry.archivedAt.slice(0, 10)}`;
  return { state: 'archived', request: entry.request, reason, conditions: entry.conditions, entry };
}

export function batchPart({ conditions }: RangeSituation, { job, inDoubt }: TakenJob): DraftPart {
  const reason = `batch job ${job.id} has it, for nothing`;
  return { state: 'batch', request: job.request, reason, conditions: conditions.within(job.request), job, inDoubt };
}

/** What a person should know of the jobs that are taken. */
export function takenJobNotes({ conditions }: RangeSituation, jobs: readonly TakenJob[]): PlanNote[] {
  return jobs.flatMap(({ job, inDoubt }) => (inDoubt.length === 0 ? [] : [jobInDoubtNote(job, inDoubt, conditions)]));
}

/** Of a job that holds more than is asked for, or holds it under other names. */
export function widerJobNote({ id, request }: FinishedJob): PlanNote {
  const text = `batch job ${id} has some of this for nothing, and more: ${describeRequest(request)}; "tickloom ingest --batch ${id}" loads all of it`;
  return { topic: 'batch', text };
}

/** Of a job that will have some of what would be bought. */
export function comingJobNote({ id, state }: ComingJob): PlanNote {
  const text = `batch job ${id}, which is paid for and ${state}, will have some of this for nothing: run the same command again when "tickloom batch list" says that it is done`;
  return { topic: 'batch', text };
}

/** Of an entry of the archive that has what the vendor has changed since a part was bought that is to be loaded. */
export function newerEntryNote({ request, archivedAt }: ArchiveEntry): PlanNote {
  const text = `the archive has newer data of some of this, bought on ${archivedAt.slice(0, 10)}: ${describeRequest(request)}; asked for by itself with --force once this is loaded, it takes its place for nothing`;
  return { topic: 'condition', text };
}

export function purchase({ request, conditions, whyBuy }: RangeSituation, { range, symbols }: Stretch): PurchaseDraft {
  return {
    state: 'buy',
    request: { ...request, start: range.start, end: range.end, symbols },
    reason: whyBuy,
    conditions: conditions.within(range),
  };
}
