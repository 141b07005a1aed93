import type { NanosRange } from './coverage-claim.js';

/*
 * Sets of times as lists of half-open ranges. A list that comes out is sorted, without empty ranges, and its ranges
 * neither touch nor overlap; one that goes in may be anything.
 */

/** All that is in any of the ranges. */
export function union(ranges: Iterable<NanosRange>): NanosRange[] {
  const sorted = [...ranges].filter(({ start, end }) => start < end).sort(byStart);
  const merged: { start: bigint; end: bigint }[] = [];
  for (const { start, end } of sorted) {
    const last = merged.at(-1);
    if (last === undefined || start > last.end) merged.push({ start, end });
    else if (end > last.end) last.end = end;
  }
  return merged;
}

/** What of `ranges` is in none of `taken`. */
export function subtract(ranges: readonly NanosRange[], taken: readonly NanosRange[]): NanosRange[] {
  const holes = union(taken);
  const left: NanosRange[] = [];
  let from = 0;
  for (const { start, end } of union(ranges)) {
    while (from < holes.length && (holes[from] as NanosRange).end <= start) from += 1;
    let cursor = start;
    for (let index = from; index < holes.length; index += 1) {
      const hole = holes[index] as NanosRange;
      if (hole.start >= end) break;
      if (hole.start > cursor) left.push({ start: cursor, end: hole.start });
      if (hole.end > cursor) cursor = hole.end;
    }
    if (cursor < end) left.push({ start: cursor, end });
  }
  return left;
}

/** What is in both. */
export function intersection(a: readonly NanosRange[], b: readonly NanosRange[]): NanosRange[] {
  return subtract(a, subtract(a, b));
}

/** What two ranges have in common; empty (start not before end) when nothing. */
export function overlapOf(a: NanosRange, b: NanosRange): NanosRange {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}

export function overlaps(a: NanosRange, b: NanosRange): boolean {
  return a.start < b.end && b.start < a.end;
}

function byStart(a: NanosRange, b: NanosRange): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
}
