import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../../adapters/databento/index.js';
import { isTickloomError } from '../../core/errors/index.js';
import type { FinishedJob } from '../../core/historical/finished-job.js';
import { finishedFromArchive, finishedJobs } from './account-jobs.js';
import { PARTS } from '../tokens.js';

/** The batch jobs that save a plan a purchase, asked for once and when they are needed. */
export class KnownJobs {
  /** What a person should know. */
  readonly notes: string[] = [];
  #jobs: Promise<readonly FinishedJob[]> | undefined;

  constructor(
    private readonly parts: DependencyContainer,
    private readonly api: HistoricalClient,
    private readonly signal: AbortSignal | undefined,
  ) {}

  list(): Promise<readonly FinishedJob[]> {
    return (this.#jobs ??= this.#find());
  }

  async #find(): Promise<readonly FinishedJob[]> {
    const archive = this.parts.resolve(PARTS.jobs);
    try {
      const call = this.signal === undefined ? {} : { signal: this.signal };
      return await finishedJobs(this.api, archive, this.parts.resolve(PARTS.clock), call);
    } catch (error) {
      // A key may be good for data and not for jobs; a plan must not fail for what would only have made it cheaper.
      if (!isTickloomError(error) || error.action === 'cancelled' || error.action === 'abort') throw error;
      this.notes.push(`the batch jobs of the account are not known: ${error.message}`);
      return (await archive.list()).flatMap(finishedFromArchive);
    }
  }
}
