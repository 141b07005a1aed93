import type { PlannedState, RunReport } from '../../index.js';
import { left, right, type Table } from './table.js';

/** For people, what a state means for a load. */
const WORDS: Readonly<Record<PlannedState, string>> = {
  new: 'new',
  loaded: 'already loaded',
  covered: 'held, to compare',
  overlaps: 'partly held',
  unknown: 'unknown',
  unreadable: 'unreadable',
};

/** What a run would do with each of its chunks. */
export function planTable({ details }: RunReport): Table {
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
      WORDS[state],
      dataset,
      schema,
      short(start),
      short(end),
      bytes,
      source,
      ...(failed ? [error?.message] : []),
    ]),
  };
}

/** Days as days, and other times without what is zero at their end. */
function short(time: string | null): string | null {
  return time?.replace(/T00:00:00\.0+Z$/, '').replace(/\.?0+Z$/, 'Z') ?? null;
}
