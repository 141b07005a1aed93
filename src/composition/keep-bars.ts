import type { DependencyContainer } from 'tsyringe';
import { TRADES } from '../adapters/postgres/bars/bar-sql.js';
import { Bars } from '../adapters/postgres/bars/bars.js';
import type { BarsView } from '../adapters/postgres/bars/held-bars.js';
import { asTickloomError } from '../core/errors/index.js';
import { PARTS } from './tokens.js';

/**
 * Before a command whose work is the tables themselves: what was asked for can be done, or nothing is begun.
 * @throws STORAGE_UNAVAILABLE where bars that are asked for are there and can not be kept
 */
export async function demandBars(parts: DependencyContainer, signal?: AbortSignal): Promise<void> {
  const access = parts.resolve(PARTS.database);
  if (access.barLengths.length === 0) return;
  await new Bars(await access.connect(signal)).check(access.barLengths, signal);
}

/** Where bars are asked for: makes those that are missing, and brings all that are there up to date. */
export async function makeBars(parts: DependencyContainer, signal?: AbortSignal): Promise<BarsView[]> {
  const access = parts.resolve(PARTS.database);
  if (access.barLengths.length === 0) return [];
  const bars = new Bars(await access.connect(signal));
  const trades = (await parts.resolve(PARTS.registry)).find(TRADES)?.table;
  const made = await bars.make(access.barLengths, trades, signal);
  await bars.refresh(signal);
  return made;
}

/**
 * At the end of what changes trades: the same, and bars that nobody asks for this time are brought up to date all the
 * same. Never fails: what was loaded is loaded, and the next run goes on with the bars.
 */
export async function keepBars(
  parts: DependencyContainer,
  warn: (text: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (signal?.aborted === true) return;
  try {
    const access = parts.resolve(PARTS.database);
    if (access.barLengths.length > 0) return void (await makeBars(parts, signal));
    const database = await access.opened();
    if (database !== null) await new Bars(database).refresh(signal);
  } catch (error) {
    warn(`the bars are not up to date, the next run goes on: ${asTickloomError(error).message}`);
  }
}
