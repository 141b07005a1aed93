import type { ArchiveEntry } from '../archive/archive.js';
import type { NanosRange } from '../coverage/coverage-claim.js';
import type { AnnouncedPurchase } from './announced-purchase.js';
import type { DayCondition } from './day-condition.js';
import type { FinishedJob } from './finished-job.js';
import type { ResolvedInterval } from './historical-api.js';
import type { HistoricalRequest } from './historical-request.js';
import type { RangeEstimate } from './range-estimate.js';
import type { RangeRequest } from './range-request.js';

/** What a request would bring, as the service estimates it, its records included. */
export interface Estimate extends RangeEstimate {
  readonly records: number;
}

interface PartOfPlan {
  /** What the part stands for: some of the symbols, some of the time. */
  readonly request: RangeRequest;
  /** Why it is in this state, for people. */
  readonly reason: string;
  /** What the vendor says of its days, as far as it says something. */
  readonly conditions: readonly DayCondition[];
}

/**
 * A part of a request, and what will be done about it.
 *
 * - `covered`: the database has it
 * - `archived`: the archive has it; the part is the archive's whole entry, which may hold more than is missing
 * - `batch`: a batch job that was paid for has it; the part is the whole job, and nothing but what is asked for
 * - `buy`: it has to be bought
 * - `empty`: none of its symbols means an instrument then; covered without asking
 * - `pending`: the vendor has not finished the days; neither bought nor covered
 */
export type PlanPart =
  | (PartOfPlan & { readonly state: 'covered' | 'empty' | 'pending' })
  | (PartOfPlan & { readonly state: 'archived'; readonly entry: ArchiveEntry })
  | (PartOfPlan & {
      readonly state: 'batch';
      readonly job: FinishedJob;
      /** What of the job only its files can say; planned otherwise as well, as if the job did not have it. */
      readonly inDoubt: readonly NanosRange[];
    })
  | (PartOfPlan & { readonly state: 'buy'; readonly estimate: Estimate });

export type PartState = PlanPart['state'];

/** What a person should know before it is done. */
export interface PlanNote {
  /** `end`: the end was moved; `symbols`: some mean nothing on some days; `condition`: of the days; `names`: the data are there under another name; `again`: some are bought again; `batch`: a job has some for nothing. */
  readonly topic: 'end' | 'symbols' | 'condition' | 'names' | 'again' | 'batch';
  /** A sentence without its full stop. */
  readonly text: string;
}

/** The plan for one schema. */
export interface RangePlan {
  readonly request: RangeRequest;
  /** By start; together they hold the whole request. */
  readonly parts: readonly PlanPart[];
  readonly notes: readonly PlanNote[];
  /** Of all parts to buy. */
  readonly estimate: Estimate;
  /** What other runs are about to buy and this one need not, once it is there. */
  readonly inTheWay: readonly AnnouncedPurchase[];
}

/** The plan for all schemas of a request. */
export interface RequestPlan {
  readonly request: HistoricalRequest;
  readonly ranges: readonly RangePlan[];
  /** By symbol the instrument ids that it means; for a continuous symbol its rolls. Nothing for ALL_SYMBOLS. */
  readonly symbology: ReadonlyMap<string, readonly ResolvedInterval[]>;
  /** What holds for all schemas. Those of the ranges come on top. */
  readonly notes: readonly PlanNote[];
  readonly estimate: Estimate;
}

export const NOTHING: Estimate = { costUsd: 0n, sizeBytes: 0, records: 0 };

export function sumOf(estimates: Iterable<Estimate>): Estimate {
  let sum = NOTHING;
  for (const { costUsd, sizeBytes, records } of estimates) {
    sum = {
      costUsd: sum.costUsd + costUsd,
      sizeBytes: sum.sizeBytes + sizeBytes,
      records: sum.records + records,
    };
  }
  return sum;
}
