import type { ArchiveEntry } from '../../src/core/archive/archive.js';
import type { CoveredAsk, NanosRange } from '../../src/core/coverage/coverage-claim.js';
import { intersection, union } from '../../src/core/coverage/range-set.js';
import type { DayCondition } from '../../src/core/historical/day-condition.js';
import type { AnnouncedPurchase } from '../../src/core/historical/announced-purchase.js';
import type { ComingJob, FinishedJob } from '../../src/core/historical/finished-job.js';
import { coverageOf } from '../../src/core/historical/held-coverage.js';
import type { PlanPorts } from '../../src/core/historical/plan-range.js';
import type { RangeRequest } from '../../src/core/historical/range-request.js';
import { datesOf, SymbolMeanings } from '../../src/core/historical/symbol-meanings.js';
import { DeclaredMarketApi, type DeclaredMarket } from './declared-market.js';

/** What a plan is made at: a declared market, what was loaded, what was archived. */
export class PlanningDesk {
  readonly api: DeclaredMarketApi;
  readonly entries: ArchiveEntry[] = [];
  /** Batch jobs that can be had for nothing. */
  readonly jobs: FinishedJob[] = [];
  /** What other runs are about to buy. */
  readonly announced: AnnouncedPurchase[] = [];
  /** Batch jobs in the making. */
  readonly coming: ComingJob[] = [];
  readonly #coverage = new Map<string, CoveredAsk & { dataset: string; schema: string }>();

  constructor(market: DeclaredMarket) {
    this.api = new DeclaredMarketApi(market);
  }

  get ports(): PlanPorts {
    return {
      api: this.api,
      ledger: {
        covered: async (dataset, schema, within) =>
          [...this.#coverage.values()]
            .filter((row) => row.dataset === dataset && row.schema === schema)
            .map((row) => ({ ...row, ranges: intersection(row.ranges, [within]) }))
            .filter(({ ranges }) => ranges.length > 0),
      },
      archive: {
        list: async (filter = {}) =>
          this.entries.filter(({ request }) => request.dataset === filter.dataset && request.schema === filter.schema),
      },
      jobs: async () => ({ finished: this.jobs, coming: this.coming }),
      announced: this.announced,
    };
  }

  /** Covers what loading a request covers. With `until` a limit cut it there. */
  async load(request: RangeRequest, until = request.end): Promise<void> {
    const loaded = { ...request, end: until };
    for (const { stypeIn, symbol, ranges } of coverageOf(loaded, await this.meanings(request))) {
      this.cover(request, stypeIn, symbol, ranges);
    }
  }

  cover(of: { dataset: string; schema: string }, stypeIn: string, symbol: string, ranges: readonly NanosRange[]): void {
    const { dataset, schema } = of;
    const key = [dataset, schema, stypeIn, symbol].join(' ');
    const known = this.#coverage.get(key)?.ranges ?? [];
    this.#coverage.set(key, { dataset, schema, stypeIn, symbol, ranges: union([...known, ...ranges]) });
  }

  archive(
    request: RangeRequest,
    archivedAt = '2024-06-01T12:00:00.000Z',
    conditions: readonly DayCondition[] = [],
  ): ArchiveEntry {
    const entry: ArchiveEntry = {
      id: `entry-${this.entries.length}`,
      request,
      archivedAt,
      records: 10,
      contentBytes: 1,
      storedBytes: 1,
      segments: [],
      costUsd: 0n,
      conditions,
      instruments: [],
      empty: null,
    };
    this.entries.push(entry);
    return entry;
  }

  /** Another run is about to buy this. */
  announce(request: RangeRequest, shares: AnnouncedPurchase['shares'] = 'archive'): void {
    const announcement = `run-${this.announced.length}`;
    this.announced.push({ announcement, request, who: 'process 1', shares });
  }

  /** A job that is downloaded, and made when all of its days were finished. */
  finish(request: RangeRequest, changes: Partial<FinishedJob> = {}): FinishedJob {
    const id = `job-${this.jobs.length}`;
    const rest = { sizeBytes: null, records: null, archived: true, pending: [], submittedAt: null };
    const job = { id, request, ...rest, ...changes };
    this.jobs.push(job);
    return job;
  }

  async meanings(request: RangeRequest): Promise<SymbolMeanings> {
    const { dataset, stypeIn, symbols } = request;
    const found = await this.api.resolve({ dataset, stypeIn, stypeOut: 'instrument_id', symbols, ...datesOf(request) });
    return new SymbolMeanings(found.intervals);
  }
}
