import { businessError, plainError } from '../api-error.js';
import type { BatchJob } from './batch-job.js';
import type { JobState } from './job-states.js';

const DEFAULT_STATES: readonly JobState[] = ['queued', 'processing', 'done'];
const ID = /^[A-Z0-9]+-\d{8}-[A-Z0-9]{10}$/;
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LETTERS_OF_ID = 10;

/** The batch jobs of all accounts. A job moves on by one state each time it is looked at. */
export class BatchJobs {
  private readonly jobs: BatchJob[] = [];

  constructor(private readonly states: readonly JobState[] = DEFAULT_STATES) {}

  add(job: Omit<BatchJob, 'id' | 'state'>): BatchJob {
    const date = new Date(job.receivedAt).toISOString().slice(0, 10).replaceAll('-', '');
    const prefix = job.request.dataset.code.split('.')[0] as string;
    const added: BatchJob = {
      ...job,
      id: `${prefix}-${date}-${idLetters(this.jobs.length)}`,
      state: this.states[0] ?? 'done',
    };
    this.jobs.push(added);
    return added;
  }

  /** The jobs of a user in the order in which they came, after moving each on. */
  poll(userId: string): readonly BatchJob[] {
    const own = this.jobs.filter((job) => job.userId === userId);
    own.forEach((job) => this.moveOn(job));
    return own;
  }

  moveOn(job: BatchJob): void {
    const at = this.states.indexOf(job.state);
    if (at !== -1) job.state = this.states[at + 1] ?? job.state;
  }

  /** @throws ApiError 400 for an id of the wrong form, 404 for one that the user does not have */
  find(userId: string, id: string): BatchJob {
    if (!ID.test(id)) throw plainError(400, `Invalid job ID: ${id}`);
    const found = this.jobs.find((job) => job.id === id && job.userId === userId);
    if (found !== undefined) return found;
    throw businessError(404, 'batch_job_not_found', `Batch job ${id} was not found.`, { job_id: id });
  }

  setState(id: string, state: JobState): void {
    const found = this.jobs.find((job) => job.id === id);
    if (found === undefined) throw new RangeError(`the gateway has no batch job "${id}"`);
    found.state = state;
  }
}

/** Ten letters that differ for each number. */
function idLetters(number: number): string {
  let left = number;
  return Array.from({ length: LETTERS_OF_ID }, (_, index) => {
    const letter = LETTERS[(left + index * 7) % LETTERS.length] as string;
    left = Math.floor(left / LETTERS.length);
    return letter;
  }).join('');
}
