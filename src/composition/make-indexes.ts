import type { DependencyContainer } from 'tsyringe';
import { DeferredIndexes } from '../adapters/postgres/migrations/deferred-indexes.js';
import { asTickloomError } from '../core/errors/index.js';
import type { LeveledNote } from './leveled-note.js';
import { PARTS } from './tokens.js';

/**
 * At the end of what brings rows: makes the indexes that their tables still lack. Never fails: what was loaded is
 * loaded, and the next run goes on.
 */
export async function makeIndexes(parts: DependencyContainer, note: LeveledNote, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  try {
    const database = await parts.resolve(PARTS.database).opened();
    if (database === null) return;
    const tables = (await parts.resolve(PARTS.registry)).list().map(({ table }) => table);
    await new DeferredIndexes(database).make(tables, (text) => note('info', text), signal);
  } catch (error) {
    note('warning', `not every index is made, the next run goes on: ${asTickloomError(error).message}`);
  }
}
