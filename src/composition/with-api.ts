import type { DependencyContainer } from 'tsyringe';
import type { HistoricalClient } from '../adapters/databento/index.js';
import type { LeveledNote } from './leveled-note.js';
import { PARTS } from './tokens.js';

/** Opens the API for a question that buys nothing. */
export async function withApi<T>(
  parts: DependencyContainer,
  name: string,
  ask: (api: HistoricalClient) => Promise<T>,
  onNote?: LeveledNote,
): Promise<T> {
  const api = await parts.resolve(PARTS.api).open(name, onNote);
  try {
    return await ask(api);
  } finally {
    api.close();
  }
}
