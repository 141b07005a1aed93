/*
 * Signals that come while the program is still being loaded, kept for main. This file imports nothing, so that it is
 * there at once: by themselves they would end the process without the document that --json promises.
 */

export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof ENDING_SIGNALS)[number];

const early: EndingSignal[] = [];
const keep = (signal: NodeJS.Signals): void => void early.push(signal as EndingSignal);
for (const signal of ENDING_SIGNALS) process.on(signal, keep);

/** Leaves the signals to others. @returns those that came until now, in order */
export function takeEarlySignals(): readonly EndingSignal[] {
  for (const signal of ENDING_SIGNALS) process.off(signal, keep);
  return early.splice(0);
}
