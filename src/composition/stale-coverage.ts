import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import { refreshCommand } from '../core/historical/refresh-command.js';
import type { DayCondition } from '../core/historical/day-condition.js';
import { refreshesOf, staleCoverage, type BoughtChunk, type StaleCoverage } from '../core/historical/stale-coverage.js';
import type { CoverageFilter } from '../core/ledger/ledger.js';
import { DATABENTO } from './api-access.js';
import type { SaidOfDay, StaleDayEntry, StaleReport } from './stale-report.js';
import { openStores } from './stores.js';
import type { NotedCallOptions } from './tickloom.js';
import { plainNotes } from './leveled-note.js';
import { withApi } from './with-api.js';

/**
 * Compares what the vendor said of the days that are held, when they were bought, with what it says now. Asks free
 * endpoints alone, and none when nothing was bought.
 * @throws what the ledger and the API throw
 */
export async function findStale(
  parts: DependencyContainer,
  filter: CoverageFilter,
  { onNote = () => undefined, signal }: NotedCallOptions,
): Promise<StaleReport> {
  const { ledger } = await openStores(parts, ['ledger'], { signal });
  const byDataset = new Map<string, BoughtChunk[]>();
  for (const chunk of await ledger.boughtChunks(filter)) {
    const others = byDataset.get(chunk.dataset);
    if (others === undefined) byDataset.set(chunk.dataset, [chunk]);
    else others.push(chunk);
  }
  if (byDataset.size === 0) return { days: [], compared: 0, commands: [] };
  const ask = async (api: HistoricalClient): Promise<StaleReport> => {
    const stale: StaleCoverage[] = [];
    const dates = new Set<string>();
    for (const [dataset, chunks] of byDataset) {
      const bought = chunks.flatMap(({ conditions }) => conditions.map(({ date }) => date));
      for (const date of bought) dates.add(`${dataset} ${date}`);
      stale.push(...staleCoverage(chunks, await saidNow(api, dataset, bought, signal)));
    }
    return {
      days: stale.map(entryOf),
      compared: dates.size,
      commands: refreshesOf(stale).map((refresh) => refreshCommand(DATABENTO, refresh)),
    };
  };
  return withApi(parts, DATABENTO, ask, plainNotes(onNote));
}

async function saidNow(
  api: HistoricalClient,
  dataset: string,
  dates: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly DayCondition[]> {
  const [first = '', last = first] = [dates.reduce(earlier), dates.reduce(later)];
  const end = new Date(Date.parse(`${last}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return api.datasetCondition(dataset, first, end, signal === undefined ? {} : { signal });
}

const earlier = (a: string, b: string): string => (a < b ? a : b);
const later = (a: string, b: string): string => (a > b ? a : b);

function entryOf({ chunkId, dataset, schema, stypeIn, symbols, date, bought, now }: StaleCoverage): StaleDayEntry {
  return { dataset, schema, stype_in: stypeIn, symbols, date, chunk_id: chunkId, bought: said(bought), now: said(now) };
}

const said = ({ condition, lastModifiedDate }: DayCondition): SaidOfDay => ({
  condition,
  last_modified_date: lastModifiedDate,
});
