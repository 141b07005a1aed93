import type { DependencyContainer } from 'tsyringe';
import { jobConditions } from '../../adapters/archive/index.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import type { Metadata } from '../../core/dbn/metadata.js';
import { isTickloomError, TickloomError } from '../../core/errors/index.js';
import { DayConditions } from '../../core/historical/day-conditions.js';
import { EmptyChunk } from '../../core/historical/empty-chunk.js';
import { inParallel } from '../../core/historical/in-parallel.js';
import { JobChunk } from '../../core/historical/job-chunk.js';
import { jobGaps } from '../../core/historical/job-gaps.js';
import { ALL_SYMBOLS } from '../../core/historical/range-request.js';
import { ChunkReader } from '../../core/pipeline/chunk-reader.js';
import type { Chunk } from '../../core/source/source.js';
import { jobFiles } from './job-instruments.js';
import { DATABENTO } from '../api-access.js';
import { PARTS } from '../tokens.js';

/** Files whose headers are read at one time: a job split by symbol and day has thousands. */
const HEADERS_AT_ONCE = 8;

/**
 * The chunks of a job in the archive: one for each file, or for the parts of one, and what of the job's range has no
 * file, which is empty.
 * @throws USAGE for a job that is not DBN
 */
export async function jobChunks(
  parts: DependencyContainer,
  { id, folder, request, files, instruments }: ArchivedJob,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  if (request === null) {
    throw new TickloomError('USAGE', `job ${id} cannot be loaded: its files are not DBN with instrument ids`, {
      hint: 'Submit it with encoding dbn and stype_out instrument_id, as "tickloom batch submit" does.',
      context: { job_id: id },
    });
  }
  const conditions = new DayConditions(await jobConditions(folder));
  const hasData = files.some(({ file }) => /\.dbn(\.zst)?$/.test(file));
  const found = hasData ? await jobFiles(parts, folder, signal) : [];
  const headers = await inParallel(found, HEADERS_AT_ONCE, (chunk) => headerOf(parts, chunk, signal));
  const ofAll = request.symbols.includes(ALL_SYMBOLS) ? { instruments } : {};
  const chunks = found.map((chunk, index): Chunk => {
    const { start, end } = headers[index] ?? request;
    return new JobChunk(
      chunk,
      { ...ofAll, conditions: conditions.within({ start, end: end ?? request.end }) },
      headers[index] ?? null,
    );
  });
  const known = headers.filter((header) => header !== null);
  // What cannot be read may cover anything: the load says what is wrong with it.
  if (known.length < headers.length) return chunks;
  const gaps = jobGaps(request, known, conditions.pending);
  return [...chunks, ...gaps.map((gap) => new EmptyChunk(`${DATABENTO} ${id}`, gap, conditions.within(gap)))];
}

async function headerOf(parts: DependencyContainer, chunk: Chunk, signal: AbortSignal): Promise<Metadata | null> {
  const reader = new ChunkReader(chunk, parts.resolve(PARTS.decompress), signal);
  try {
    return (await reader.header()).metadata ?? null;
  } catch (error) {
    if (!isTickloomError(error) || error.action === 'cancelled') throw error;
    return null;
  } finally {
    await reader.close();
  }
}
