export const JOB_STATES = ['received', 'queued', 'processing', 'finalizing', 'done', 'expired', 'purged'] as const;
export type JobState = (typeof JOB_STATES)[number];
