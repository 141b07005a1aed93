import type { ChunkReport } from '../../core/report/run-report.js';

/** What failed and why, in one sentence; the source is named once, also when the message names it already. */
export function failedChunkText({ source, error }: ChunkReport): string {
  if (error === null) return `"${source}": no reason given`;
  return error.message.includes(`"${source}"`) ? error.message : `"${source}": ${error.message}`;
}
