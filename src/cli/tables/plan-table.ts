import type { PlanReport, PlanState, RunReport } from '../../index.js';
import { timeText } from './request-text.js';
import { left, right, type Table } from './table.js';

/** For people, what a state means for a load. */
const WORDS: Readonly<Partial<Record<PlanState, string>>> = {
  new: 'new',
  loaded: 'already loaded',
  covered: 'held, to compare',
  overlaps: 'partly held',
  unknown: 'unknown',
  unreadable: 'unreadable',
};

/** A file, and what an ingest would do with it. */
interface PlannedFile {
  readonly state?: PlanState;
  readonly dataset: string | null;
  readonly schema: string | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly bytes?: number | null;
  readonly source: string;
  readonly error: { readonly message: string } | null;
}

/** What a run would do with each of its files. */
export const planTable = ({ details }: RunReport): Table => filesTable(details);

/** The files of a plan. */
export function filePlanTable({ parts }: PlanReport): Table {
  return filesTable(
    parts.map((part) => ({ ...part, error: part.state === 'unreadable' ? { message: part.reason } : null })),
  );
}

function filesTable(details: readonly PlannedFile[]): Table {
  const failed = details.some(({ error }) => error !== null);
  return {
    columns: [
      left('state'),
      left('dataset'),
      left('schema'),
      left('start'),
      left('end'),
      right('bytes'),
      left('source', 'middle'),
      ...(failed ? [left('error')] : []),
    ],
    rows: details.map(({ state = 'unknown', dataset, schema, start, end, bytes, source, error }) => [
      WORDS[state] ?? state,
      dataset,
      schema,
      start === null ? null : timeText(start),
      end === null ? null : timeText(end),
      bytes,
      source,
      ...(failed ? [error?.message] : []),
    ]),
  };
}
