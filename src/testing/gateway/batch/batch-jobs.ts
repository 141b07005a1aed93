/** Placeholder until batch jobs are served. */
export class BatchJobs {}
