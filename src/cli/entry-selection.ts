import type { EntrySelection } from '../index.js';
import type { Settings } from '../config/settings.js';
import { wholeNumber } from './whole-number.js';

/** Quarantine entries by their numbers and by what they are. @throws USAGE */
export function entrySelection(
  ids: readonly string[] | undefined,
  { dataset, schema, chunkId, plugin }: Settings,
): EntrySelection {
  const numbers = ids === undefined || ids.length === 0 ? undefined : ids.map((id) => wholeNumber('ID', id));
  return { ids: numbers, dataset, schema, chunkId, plugin };
}
