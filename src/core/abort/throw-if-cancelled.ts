import { TickloomError } from '../errors/index.js';

/**
 * @param doing for the message, as `listing the archive`
 * @throws CANCELLED once the signal is aborted
 */
export function throwIfCancelled(signal: AbortSignal | undefined, doing: string): void {
  if (signal?.aborted === true) throw new TickloomError('CANCELLED', `cancelled, ${doing}`);
}
