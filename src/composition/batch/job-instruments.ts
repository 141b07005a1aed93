import type { DependencyContainer } from 'tsyringe';
import type { HistoricalApi } from '../../core/historical/historical-api.js';
import type { InstrumentSymbol } from '../../core/historical/instrument-symbol.js';
import { ALL_SYMBOLS, type RangeRequest } from '../../core/historical/range-request.js';
import { resolveInstruments } from '../../core/historical/resolve-instruments.js';
import { isTickloomError } from '../../core/errors/index.js';
import { ChunkReader } from '../../core/pipeline/chunk-reader.js';
import type { Chunk } from '../../core/source/source.js';
import { PARTS } from '../tokens.js';

/** Behind length, rtype and publisher, in every record of market data. */
const INSTRUMENT_ID_OFFSET = 4;

/**
 * For a job of ALL_SYMBOLS, whose headers map nothing, the raw symbols of the instruments in its files, resolved for
 * nothing; none for other jobs, and where the service does not say.
 */
export async function jobInstruments(
  parts: DependencyContainer,
  api: HistoricalApi,
  request: RangeRequest,
  folder: string,
  { onNote, signal }: { readonly onNote: (text: string) => void; readonly signal: AbortSignal },
): Promise<readonly InstrumentSymbol[]> {
  if (!request.symbols.includes(ALL_SYMBOLS)) return [];
  const decompress = parts.resolve(PARTS.decompress);
  const ids = new Set<number>();
  try {
    for (const chunk of await jobFiles(parts, folder, signal)) {
      const reader = new ChunkReader(chunk, decompress, signal);
      try {
        for await (const { count, offsets, view, layout } of reader.batches()) {
          if (layout === undefined) continue;
          for (let index = 0; index < count; index += 1) {
            ids.add(view.getUint32((offsets[index] as number) + INSTRUMENT_ID_OFFSET, true));
          }
        }
      } finally {
        await reader.close();
      }
    }
    return await resolveInstruments(api, request, ids, signal);
  } catch (error) {
    // The files are there and whole; what is wrong with one of them is said when it is loaded.
    if (!isTickloomError(error) || !['fail-chunk', 'fix'].includes(error.action)) throw error;
    onNote(`the symbols of the instruments cannot be resolved: ${error.message}`);
    return [];
  }
}

/** The DBN files of a job's folder as chunks. @throws NO_INPUT when there is none */
export async function jobFiles(
  parts: DependencyContainer,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Chunk[]> {
  const options = { paths: [folder], fragment: null, decompress: parts.resolve(PARTS.decompress) };
  return parts.resolve(PARTS.fileSource)(options).plan(signal);
}
