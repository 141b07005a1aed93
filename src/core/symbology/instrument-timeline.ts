import type { InstrumentMapping } from './instrument-mapping.js';

/** A symbol on the days from `from` to before `to`. */
interface Segment {
  readonly from: number;
  readonly to: number;
  readonly symbol: string;
  /** More than one symbol has a claim to these days. */
  readonly contested: boolean;
}

interface Open {
  readonly symbol: string;
  readonly end: number;
  readonly contestedUntil: number;
}

/**
 * The symbols of one instrument, by day. Where mappings overlap the one that starts later wins, then the one that was
 * added later.
 */
export class InstrumentTimeline {
  #mappings: InstrumentMapping[] = [];
  #segments: readonly Segment[] | undefined;

  add(mapping: InstrumentMapping): void {
    this.#mappings.push(mapping);
    this.#segments = undefined;
  }

  /** Adds a mapping that takes the place of those it covers from the same start, as a repeated or renewed one does. */
  supersede(mapping: InstrumentMapping): void {
    this.#mappings = this.#mappings.filter((known) => known.start !== mapping.start || known.end > mapping.end);
    this.add(mapping);
  }

  /** The segment that holds the day, `undefined` when no symbol has a claim to it. */
  at(day: number): Segment | undefined {
    this.#segments ??= segmentsOf(this.#mappings);
    const segments = this.#segments;
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((segments[middle] as Segment).to <= day) low = middle + 1;
      else high = middle;
    }
    const segment = segments[low];
    return segment !== undefined && segment.from <= day ? segment : undefined;
  }
}

/**
 * One pass over the mappings by start. The stack holds those still open, the winner on top; each ends before the one
 * below it, since one that ends no later than a newcomer can never win again and is dropped.
 */
function segmentsOf(mappings: readonly InstrumentMapping[]): Segment[] {
  const segments: Segment[] = [];
  const stack: Open[] = [];
  let cursor = -Infinity;

  const advanceTo = (day: number): void => {
    for (let top = stack.at(-1); top !== undefined && cursor < day; top = stack.at(-1)) {
      const to = Math.min(top.end, day);
      if (to > cursor) pushSegments(segments, cursor, to, top);
      cursor = Math.max(cursor, to);
      if (top.end <= cursor) stack.pop();
    }
    cursor = day;
  };

  // a stable sort: among equal starts the later mapping comes later
  for (const { symbol, start, end } of [...mappings].sort((a, b) => a.start - b.start)) {
    advanceTo(start);
    let contestedUntil = -Infinity;
    for (let top = stack.at(-1); top !== undefined && top.end <= end; top = stack.at(-1)) {
      contestedUntil = Math.max(contestedUntil, top.symbol === symbol ? top.contestedUntil : top.end);
      stack.pop();
    }
    const below = stack.at(-1);
    if (below !== undefined) {
      contestedUntil = Math.max(contestedUntil, below.symbol === symbol ? below.contestedUntil : end);
    }
    stack.push({ symbol, end, contestedUntil });
  }
  advanceTo(Infinity);
  return segments;
}

function pushSegments(segments: Segment[], from: number, to: number, { symbol, contestedUntil }: Open): void {
  const split = Math.min(Math.max(contestedUntil, from), to);
  if (split > from) segments.push({ from, to: split, symbol, contested: true });
  if (split < to) segments.push({ from: split, to, symbol, contested: false });
}
