import type { DependencyContainer } from 'tsyringe';
import { Compression } from '../adapters/postgres/timescale/compression.js';
import {
  describeTimescale,
  readTimescale,
  type Timescale,
  type TimescaleState,
} from '../adapters/postgres/timescale/extension.js';
import { asTickloomError, TickloomError } from '../core/errors/index.js';
import type { LeveledNote } from './leveled-note.js';
import { PARTS } from './tokens.js';

/**
 * Before a command whose work is the tables themselves: what was asked for can be done, or nothing is begun.
 * @throws STORAGE_UNAVAILABLE where compression is asked for and cannot be had
 */
export async function demandCompression(parts: DependencyContainer, signal?: AbortSignal): Promise<void> {
  const access = parts.resolve(PARTS.database);
  if (access.compressAfterSeconds === null) return;
  const database = await access.connect(signal);
  const state = await database.withSession(readTimescale, { signal, doing: 'looking for TimescaleDB' });
  if (thatCompresses(state) !== null) return;
  throw new TickloomError('STORAGE_UNAVAILABLE', notCompressed(state), {
    hint: state.kind === 'usable' ? COMMUNITY_HINT : state.hint,
  });
}

/** Compresses what is old enough, where that was asked for and can be done. Never fails: what was loaded is loaded. */
export async function compressTables(
  parts: DependencyContainer,
  note: LeveledNote,
  signal?: AbortSignal,
): Promise<void> {
  const access = parts.resolve(PARTS.database);
  const afterSeconds = access.compressAfterSeconds;
  if (afterSeconds === null || signal?.aborted === true) return;
  try {
    const database = await access.connect(signal);
    const state = await database.withSession(readTimescale);
    const timescale = thatCompresses(state);
    if (timescale === null) {
      note('warning', notCompressed(state));
      return;
    }
    const tables = (await parts.resolve(PARTS.registry)).list().map(({ table }) => table);
    await new Compression(database, timescale, { tables, afterSeconds, note, signal }).run();
  } catch (error) {
    note('warning', `not everything is compressed, the next run goes on: ${asTickloomError(error).message}`);
  }
}

const COMMUNITY_HINT =
  "Install the Community edition and set timescaledb.license = 'timescale' on the server, or leave out --compress-after.";

function thatCompresses(state: TimescaleState): Timescale | null {
  return state.kind === 'usable' && state.timescale.community ? state.timescale : null;
}

function notCompressed(state: TimescaleState): string {
  return `nothing is compressed: ${describeTimescale(state)}`;
}
