import type { DependencyContainer } from 'tsyringe';
import { compressTables, demandCompression } from './compress-tables.js';
import type { MigrationResult } from './database-report.js';
import { demandBars, makeBars } from './keep-bars.js';
import { plainNotes } from './leveled-note.js';
import { makeIndexes } from './make-indexes.js';
import { PARTS } from './tokens.js';

/** Brings the tables, and what belongs to them, to what this version and the options of the instance want. */
export async function migrate(
  parts: DependencyContainer,
  onNote: (text: string) => void,
  signal: AbortSignal,
): Promise<MigrationResult> {
  const access = parts.resolve(PARTS.database);
  access.onNote = onNote;
  await demandCompression(parts, signal);
  await demandBars(parts, signal);
  const result = await access.migrateAll(signal);
  await makeIndexes(parts, plainNotes(onNote), signal);
  const bars = await makeBars(parts, signal);
  await compressTables(parts, plainNotes(onNote), signal);
  return { ...result, bars };
}
