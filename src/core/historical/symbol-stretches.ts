import type { NanosRange } from '../coverage/coverage-claim.js';

/** A stretch of time and the symbols that something holds for all through it. */
export interface Stretch {
  readonly range: NanosRange;
  /** At least one, in the order of the request. */
  readonly symbols: readonly string[];
}

interface Change {
  readonly at: bigint;
  readonly index: number;
  readonly begins: boolean;
}

/** Turns ranges by symbol into stretches by time, each as long as its symbols stay the same. */
export function stretchesOf(bySymbol: ReadonlyMap<string, readonly NanosRange[]>): Stretch[] {
  const symbols = [...bySymbol.keys()];
  const changes: Change[] = [...bySymbol.values()].flatMap((ranges, index) =>
    ranges.flatMap(({ start, end }) => [
      { at: start, index, begins: true },
      { at: end, index, begins: false },
    ]),
  );
  changes.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const stretches: Stretch[] = [];
  const present = new Set<number>();
  for (let next = 0; next < changes.length;) {
    const { at: start } = changes[next] as Change;
    for (; changes[next]?.at === start; next += 1) {
      const { index, begins } = changes[next] as Change;
      if (begins) present.add(index);
      else present.delete(index);
    }
    const end = changes[next]?.at;
    if (end === undefined || present.size === 0) continue;
    const held = [...present].sort((a, b) => a - b).map((index) => symbols[index] as string);
    stretches.push({ range: { start, end }, symbols: held });
  }
  return stretches;
}
