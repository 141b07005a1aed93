import { setMaxListeners } from 'node:events';

/**
 * The signal of one call or run, which everything that is at work for it may listen to: Node takes more than ten listeners
 * for a leak, and warns.
 * @param signal left out: one of its own that nobody aborts, so that what listens to it ends with the call
 */
export function sharedSignal(signal: AbortSignal = new AbortController().signal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
