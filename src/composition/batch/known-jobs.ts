import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../../adapters/databento/index.js';
import type { ArchivedJob, BrokenJob } from '../../core/archive/job-archive.js';
import { isTickloomError } from '../../core/errors/index.js';
import { NO_JOBS, type FinishedJob, type PaidJobs } from '../../core/historical/finished-job.js';
import type { HistoricalRequest } from '../../core/historical/historical-request.js';
import { finishedFromArchive, paidJobs, untoldText } from './account-jobs.js';
import { PARTS } from '../tokens.js';

/** The batch jobs that save a plan a purchase, asked for once and when they are needed. */
export class KnownJobs {
  /** What a person should know. */
  readonly notes: string[] = [];
  #jobs: Promise<PaidJobs> | undefined;
  /** By id, what has become known since; `null` for a job that cannot be had. */
  readonly #learned = new Map<string, FinishedJob | null>();

  /** @param requests what is planned */
  constructor(
    private readonly parts: DependencyContainer,
    private readonly api: HistoricalClient,
    private readonly requests: readonly HistoricalRequest[],
    private readonly signal: AbortSignal | undefined,
  ) {}

  async list(): Promise<PaidJobs> {
    const { finished, coming } = await (this.#jobs ??= this.#find());
    const known = finished.flatMap((job) => {
      const learned = this.#learned.get(job.id);
      return learned === undefined ? [job] : (learned ?? []);
    });
    return { finished: known, coming };
  }

  /** A job whose files are in the archive by now, and what they say. */
  async learn(job: ArchivedJob): Promise<FinishedJob | undefined> {
    const [known] = await finishedFromArchive(job);
    this.#learned.set(job.id, known ?? null);
    return known;
  }

  /** Looks away from a job from now on. */
  exclude(jobId: string): void {
    this.#learned.set(jobId, null);
  }

  async #find(): Promise<PaidJobs> {
    const archive = this.parts.resolve(PARTS.jobs);
    const archived = (await Promise.all((await archive.list()).map(finishedFromArchive))).flat();
    const broken = (await archive.broken()).filter((job) => this.#mayServe(job));
    this.notes.push(...broken.map(({ id, detail }) => `batch job ${id} cannot be taken from the archive: ${detail}`));
    const { finished, coming } = await this.#atTheVendor(new Set(archived.map(({ id }) => id)));
    return { finished: [...archived, ...finished], coming };
  }

  async #atTheVendor(archived: ReadonlySet<string>): Promise<PaidJobs> {
    const call = this.signal === undefined ? {} : { signal: this.signal };
    try {
      return await paidJobs(this.api, archived, call, ({ id }, error) => this.notes.push(untoldText(id, error)));
    } catch (error) {
      // A key may be good for data and not for jobs; a plan must not fail for what would only have made it cheaper.
      if (!isTickloomError(error) || error.action === 'cancelled' || error.action === 'abort') throw error;
      this.notes.push(`the batch jobs of the account are not known: ${error.message}`);
      return NO_JOBS;
    }
  }

  /** Where nobody knows what a job is, it may be anything. */
  #mayServe({ request: has }: BrokenJob): boolean {
    return (
      has === null ||
      this.requests.some(({ dataset, schemas }) => dataset === has.dataset && schemas.includes(has.schema))
    );
  }
}
