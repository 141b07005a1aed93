import type { DependencyContainer } from 'tsyringe';
import { QuarantineReplay, type ReplayReport } from '../core/quarantine/quarantine-replay.js';
import type { EntrySelection, ReplayStore } from '../core/quarantine/replay-store.js';
import { keepBars } from './keep-bars.js';
import { plainNotes } from './leveled-note.js';
import { makeIndexes } from './make-indexes.js';
import { PARTS } from './tokens.js';

interface ReplayOptions {
  readonly onNote: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Replays quarantine entries, and brings up to date what is made of the rows. */
export async function replayEntries(
  parts: DependencyContainer,
  store: ReplayStore,
  selection: EntrySelection,
  { onNote, signal }: ReplayOptions,
): Promise<ReplayReport> {
  const report = await new QuarantineReplay(await parts.resolve(PARTS.registry), store, signal).run(selection);
  await makeIndexes(parts, plainNotes(onNote), signal);
  await keepBars(parts, (text) => onNote(`warning: ${text}`), signal);
  return report;
}
