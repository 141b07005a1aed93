import type { DependencyContainer } from 'tsyringe';
import { Compression } from '../adapters/postgres/timescale/compression.js';
import { describeTimescale, readTimescale } from '../adapters/postgres/timescale/extension.js';
import { asTickloomError } from '../core/errors/index.js';
import { PARTS } from './tokens.js';

/** Compresses what is old enough, where that was asked for and can be done. Never fails: what was loaded is loaded. */
export async function compressTables(
  parts: DependencyContainer,
  note: (level: 'info' | 'warning', text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const access = parts.resolve(PARTS.database);
  const afterSeconds = access.compressAfterSeconds;
  if (afterSeconds === null || signal?.aborted === true) return;
  try {
    const database = await access.connect(signal);
    const state = await database.withSession(readTimescale);
    if (state.kind !== 'usable' || !state.timescale.community) {
      note('warning', `nothing is compressed: ${describeTimescale(state)}`);
      return;
    }
    const tables = (await parts.resolve(PARTS.registry)).list().map(({ table }) => table);
    await new Compression(database, state.timescale, { tables, afterSeconds, note, signal }).run();
  } catch (error) {
    note('warning', `not everything is compressed, the next run goes on: ${asTickloomError(error).message}`);
  }
}
