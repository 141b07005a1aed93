import type { BatchDownload, BatchJobSummary, BatchSubmission } from '../../index.js';
import { dollarsText, symbolsText, timeText } from './request-text.js';
import { facts, left, right, type Table } from './table.js';

export function batchJobsTable(jobs: readonly BatchJobSummary[]): Table {
  return {
    columns: [
      left('job'),
      left('state'),
      left('schema'),
      left('symbols'),
      left('start'),
      left('end'),
      right('records'),
      right('bytes'),
      right('USD'),
      left('expires'),
    ],
    rows: jobs.map((job) => [
      job.job_id,
      stateText(job),
      job.schema,
      symbolsText(job.symbols),
      job.start === null ? null : timeText(job.start),
      job.end === null ? null : timeText(job.end),
      job.records,
      job.stored_bytes ?? job.bytes,
      job.cost_usd === null ? null : dollarsText(job.cost_usd),
      job.expires_at?.slice(0, 10) ?? null,
    ]),
    empty: 'the account has no such batch job',
  };
}

function stateText({ state, progress, archived }: BatchJobSummary): string {
  if (archived) return `${state}, archived`;
  return state === 'processing' && progress !== null ? `${state} ${progress} %` : state;
}

export function submissionTable({ jobs }: BatchSubmission): Table {
  return {
    columns: [
      left('job'),
      left('status'),
      left('schema'),
      left('symbols'),
      left('start'),
      left('end'),
      right('records'),
      right('bytes'),
      right('USD'),
    ],
    rows: jobs.map((job) => [
      job.job_id,
      job.status === 'there' ? `there, ${job.state ?? ''}` : job.status,
      job.schema,
      symbolsText(job.symbols),
      timeText(job.start),
      timeText(job.end),
      job.records,
      job.bytes,
      dollarsText(job.cost_usd),
    ]),
  };
}

/** The files, and what to do with them. */
export function downloadTables({ job_id, folder, archived, files, bytes }: BatchDownload): Table[] {
  return [
    {
      columns: [left('file', 'middle'), right('bytes'), left('status')],
      rows: files.map((file) => [file.file, file.bytes, file.already_there ? 'already there' : 'downloaded']),
      empty: 'the job has no files',
    },
    facts({
      folder,
      bytes: `${bytes.downloaded} of ${bytes.total} downloaded, the rest was there`,
      'to load it': `tickloom ingest ${archived ? `--batch ${job_id}` : folder}`,
    }),
  ];
}
