import { writeFile } from 'node:fs/promises';
import { createTally } from './tally.js';
import { makeCorpus } from './corpus.js';
import { DatabaseFuzz } from './database.js';
import { tryInput } from './inputs.js';
import { SettingsFuzz } from './settings.js';
import { stopTestServers } from '../support/postgres-server.js';

/** One in so many inputs is a set of settings, and one in so many goes into a database. */
export const SETTINGS_EVERY = 20;
export const DATABASE_EVERY = 200;

/** What a worker is to do: inputs `from` to before `to`. */
export interface Work {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly database: boolean;
  /** Where the bytes of an input that fails are left. */
  readonly saveTo: string | null;
}

/** What a worker says: which input it is at, with the account of those before it; what went wrong; the account at the end. */
export type Said =
  | { readonly at: number; readonly counts: Readonly<Record<string, number>> }
  | { readonly failed: number; readonly kind: string; readonly error: string }
  | { readonly done: true; readonly counts: Readonly<Record<string, number>>; readonly peakRssBytes: number };

/** Tries all inputs of the work; `say` hears where it is. */
export async function work({ seed, from, to, database, saveTo }: Work, say: (said: Said) => void): Promise<void> {
  const corpus = await makeCorpus();
  const settings = await SettingsFuzz.create();
  const server = database ? await DatabaseFuzz.create() : null;
  const tally = createTally();
  for (let index = from; index < to; index += 1) {
    say({ at: index, counts: tally.take() });
    let kind = 'input';
    try {
      if (index % SETTINGS_EVERY === 0) {
        kind = 'settings';
        tally.add(kind, await settings.tryOne(seed, index));
      } else if (server !== null && index % DATABASE_EVERY === 1) {
        kind = 'into a database';
        tally.add(kind, await server.tryOne(corpus, seed, index));
      } else {
        const tried = await tryInput(corpus, seed, index);
        tally.add(tried.kind, tried.outcome, tried.compared);
        if (saveTo !== null) await writeFile(saveTo, tried.bytes);
      }
    } catch (error) {
      tally.add(kind, 'DEFECT');
      say({ failed: index, kind, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  await settings.remove();
  await server?.close();
  say({ done: true, counts: tally.take(), peakRssBytes: process.resourceUsage().maxRSS * 1024 });
}

// Started by the watchdog, as a process that can be ended from outside.
if (process.argv[2] === '--work') {
  const awake = setInterval(() => undefined, 60_000);
  await work(JSON.parse(process.argv[3] ?? '{}') as Work, (said) => {
    if (process.connected) process.send?.(said);
  });
  await stopTestServers();
  clearInterval(awake);
  process.disconnect?.();
}
