import { claimOf } from '../coverage/claim-of.js';
import { decodeMetadata } from '../dbn/index.js';
import { instrumentDays } from '../symbology/instrument-mapping.js';
import type { SymbologyInterval } from '../symbology/symbology-interval.js';
import { SymbolResolver } from '../symbology/symbol-resolver.js';
import { difference, type Difference } from './verify-report.js';
import type { LedgerChunk, VerifySession } from './verify-store.js';

/**
 * Compares the tables `symbology` and `coverage` with the header of a chunk, which the ledger keeps: its mapping
 * intervals, and what it covers of each instrument that it maps.
 */
export async function checkHeader(session: VerifySession, chunk: LedgerChunk): Promise<Difference[]> {
  const header = await session.header(chunk.chunkId);
  if (header === null) return [];
  const { chunkId, dataset, schema, covered } = chunk;
  const metadata = decodeMetadata(header);
  const lost = await session.missingSymbology(new SymbolResolver(dataset, metadata).intervals());
  const found = symbologyDifference(chunkId, lost);
  const claim = covered === null ? null : claimOf(metadata, instrumentDays(metadata));
  if (claim === null || covered === null) return found;
  const [first, ...others] = await session.uncoveredInstruments({ ...claim, range: covered });
  if (first === undefined) return found;
  const more = others.length === 0 ? '' : `, nor of ${others.length} more instruments`;
  const what = `instrument ${first} of ${dataset} ${schema ?? ''}${more}`;
  const message = `the table coverage lacks what this chunk covers of ${what}`;
  return [...found, difference('coverage', message, { chunk_id: chunkId, table: 'coverage' })];
}

/** @param lost intervals of a chunk that the table `symbology` does not have */
export function symbologyDifference(chunkId: number, lost: readonly SymbologyInterval[]): Difference[] {
  const [first] = lost;
  if (first === undefined) return [];
  const { symbol, stypeIn, instrumentId, startDate, endDate } = first;
  const message = `the table symbology does not have "${symbol}" (${stypeIn}) as instrument ${instrumentId} from ${startDate} to ${endDate}${lost.length === 1 ? '' : `, nor ${lost.length - 1} more`}`;
  return [difference('symbology', message, { chunk_id: chunkId, table: 'symbology' })];
}
