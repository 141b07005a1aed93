import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import type { Archive } from '../core/archive/archive.js';
import { archiveIdOf } from '../core/archive/archive-id.js';
import type { AnnouncedPurchase } from '../core/historical/announced-purchase.js';
import { describeRequest } from '../core/historical/describe-request.js';
import { readHistoricalRequest, stypeNote, type HistoricalRequest } from '../core/historical/historical-request.js';
import { planRequest } from '../core/historical/plan-request.js';
import { sumOf, type Estimate, type PlanPart, type RequestPlan } from '../core/historical/range-plan.js';
import { usdToNumber } from '../core/historical/usd.js';
import { NS_PER_DAY } from '../core/symbology/utc-day.js';
import { openStores } from './stores.js';
import type { ApiRequest } from './api-request.js';
import { KnownJobs } from './batch/known-jobs.js';
import { PlanInputs } from './plan-inputs.js';
import { noChunks, type PlannedPart, type PlanReport } from './plan-report.js';
import { reportedRequest } from './reported-request.js';
import { PARTS } from './tokens.js';

const DEFINITION = 'definition';

export interface PlanWishes {
  readonly force: boolean;
  readonly refetch: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** What will be done about a request, all its schemas together. */
export interface WholePlan {
  readonly parts: readonly PlanPart[];
  readonly notes: readonly string[];
  /** Of everything that is to be bought. */
  readonly estimate: Estimate;
  /** What other runs are about to buy and this one need not, once it is there. */
  readonly inTheWay: readonly AnnouncedPurchase[];
}

/** What a plan that is to be carried out reckons with. */
export interface PlanNeighbours {
  /** What other runs are about to buy; default nothing. */
  readonly announced?: readonly AnnouncedPurchase[];
  /** Remembers what database and archive say. */
  readonly inputs?: PlanInputs;
}

/**
 * Reads a request and checks what can be checked without asking anybody.
 * @throws USAGE, SCHEMA_UNKNOWN
 */
export async function readRequests(parts: DependencyContainer, request: ApiRequest): Promise<HistoricalRequest[]> {
  const registry = await parts.resolve(PARTS.registry);
  const main = readHistoricalRequest(request);
  const requests = [main];
  if (request.withDefinitions === true && !main.schemas.includes(DEFINITION)) {
    // An instrument is defined at the beginning of a day, and anew when it changes.
    const start = main.start - (main.start % NS_PER_DAY);
    const end = main.end + ((NS_PER_DAY - (main.end % NS_PER_DAY)) % NS_PER_DAY);
    requests.push({ ...main, schemas: [DEFINITION], start, end, limit: null, startOpen: true, endOpen: true });
  }
  for (const schema of requests.flatMap(({ schemas }) => schemas)) registry.get(schema);
  return requests;
}

/**
 * Plans with what the database and the archive have, and what the API tells for nothing. Buys nothing.
 * @param more `jobs`: those that are known
 */
export async function planAll(
  parts: DependencyContainer,
  api: HistoricalClient,
  requests: readonly HistoricalRequest[],
  chunk: ApiRequest['chunk'],
  { force, refetch, signal }: PlanWishes,
  more: PlanNeighbours & { readonly jobs?: KnownJobs } = {},
): Promise<WholePlan> {
  const { jobs = new KnownJobs(parts, api, requests, signal), announced = [], inputs = new PlanInputs() } = more;
  const { ledger } = await openStores(parts, ['ledger'], { signal });
  const archive = parts.resolve(PARTS.archive);
  const ports = { api, ...inputs.remembering({ ledger, archive }), jobs: () => jobs.list(), announced };
  const plans: RequestPlan[] = [];
  for (const request of requests) plans.push(await planRequest(request, ports, { chunk, force, refetch, signal }));
  const ranges = plans.flatMap((plan) => plan.ranges);
  const [first] = requests;
  const chosen = first === undefined ? null : stypeNote(first);
  const notes = [
    ...(chosen === null ? [] : [chosen]),
    ...plans.flatMap((plan) => plan.notes.map(({ text }) => text)),
    ...ranges.flatMap((range) => range.notes.map(({ text }) => text)),
    ...jobs.notes,
    ...(refetch
      ? []
      : await damagedNotes(
          archive,
          ranges.flatMap((range) => range.parts),
        )),
    ...pendingNotes(ranges.flatMap((range) => range.parts)),
  ];
  return {
    parts: ranges.flatMap((range) => range.parts),
    notes: [...new Set(notes)],
    estimate: sumOf(ranges.map(({ estimate }) => estimate)),
    inTheWay: ranges.flatMap(({ inTheWay }) => inTheWay),
  };
}

/** What a part brings, as far as that is known. */
function expected(part: PlanPart): Pick<PlannedPart, 'records' | 'bytes'> {
  switch (part.state) {
    case 'buy':
      return { records: part.estimate.records, bytes: part.estimate.sizeBytes };
    case 'archived':
      return { records: part.entry.records, bytes: part.entry.contentBytes };
    case 'batch':
      return { records: part.job.records, bytes: part.job.sizeBytes };
    default:
      return { records: null, bytes: null };
  }
}

/** What was paid for and cannot be read is not paid for again unasked: the chunk fails, which had better be known before. */
async function damagedNotes(archive: Archive, parts: readonly PlanPart[]): Promise<string[]> {
  const buying = new Set(parts.flatMap(({ state, request }) => (state === 'buy' ? [archiveIdOf(request)] : [])));
  if (buying.size === 0) return [];
  const damaged = (await archive.unreadable()).filter(({ id }) => buying.has(id));
  return damaged.map(
    ({ id, detail }) =>
      `the archive has "${id}" and cannot read it; it is bought again only with --refetch: ${detail ?? ''}`,
  );
}

function pendingNotes(parts: readonly PlanPart[]): string[] {
  return parts
    .filter(({ state }) => state === 'pending')
    .map(({ request }) => `not asked for, the vendor has not finished it: ${describeRequest(request)}`);
}

export function planReport(api: string, { parts, notes, estimate }: WholePlan): PlanReport {
  const chunks = noChunks();
  for (const { state } of parts) chunks[state] += 1;
  return {
    parts: parts.map((part) => plannedPart(api, part)),
    chunks,
    records: estimate.records,
    bytes: estimate.sizeBytes,
    cost_usd: { estimated: usdToNumber(estimate.costUsd) },
    notes,
  };
}

function plannedPart(api: string, part: PlanPart): PlannedPart {
  return {
    source: `${api} ${describeRequest(part.request)}`,
    ...reportedRequest(part.request),
    state: part.state,
    reason: part.reason,
    ...expected(part),
    cost_usd: part.state === 'buy' ? usdToNumber(part.estimate.costUsd) : null,
  };
}
