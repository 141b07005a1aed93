import type { ChunkReport, RunDetails, RunSummary } from '../../index.js';
import { facts, left, right, type Table } from './table.js';

export function runTable(runs: readonly RunSummary[]): Table {
  return {
    columns: [
      left('run'),
      left('status'),
      left('started'),
      right('chunks'),
      right('loaded'),
      left('command', 'middle'),
    ],
    rows: runs.map(({ run_id, status, started_at, chunks, records, command }) => [
      run_id,
      status,
      started_at,
      chunks?.planned,
      records?.loaded,
      command,
    ]),
    empty: 'no runs yet',
  };
}

/** What a run was and what became of its records. */
export function runDetailsTable(run: RunDetails): Table {
  const { records, chunks } = run;
  return facts({
    run: run.run_id,
    status: run.status,
    command: run.command,
    started: run.started_at,
    finished: run.finished_at,
    'tickloom version': run.tickloom_version,
    'chunks planned': chunks?.planned,
    ...records,
  });
}

/** One row per chunk of a run. */
export function chunkTable(chunks: readonly ChunkReport[]): Table {
  return {
    columns: [
      right('chunk'),
      left('status'),
      left('dataset'),
      left('schema'),
      right('loaded'),
      right('already there'),
      right('quarantined'),
      left('source', 'middle'),
      left('error'),
    ],
    rows: chunks.map(({ chunk_id, status, dataset, schema, records, source, error }) => [
      chunk_id,
      status,
      dataset,
      schema,
      records.loaded,
      records.already_loaded,
      records.quarantined,
      source,
      error?.message,
    ]),
    empty: 'no chunks',
  };
}
