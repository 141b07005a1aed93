import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import { formatNanos } from '../../../core/text/format-nanos.js';

export const NANOS_PER_DAY = 86_400_000_000_000n;
const LARGEST_INT8 = 2n ** 63n - 1n;

/** Ranges as an int8multirange literal. Ends beyond the type, in 2262, are cut to it; empty ranges are left out. */
export function formatMultirange(ranges: readonly NanosRange[]): string {
  const parts = ranges.map(clamp).filter(({ start, end }) => start < end);
  return `{${parts.map(({ start, end }) => `[${start},${end})`).join(',')}}`;
}

/** An int8multirange as PostgreSQL prints it. */
export function parseMultirange(text: string): NanosRange[] {
  return [...text.matchAll(/\[(-?\d+),(-?\d+)\)/g)].map(([, start = '0', end = '0']) => ({
    start: BigInt(start),
    end: BigInt(end),
  }));
}

/** A time in ns as a timestamptz literal: truncated, as the rows are. */
export const formatMicros = (ns: bigint): string => formatNanos(ns).replace(/\d{3}Z$/, 'Z');

/** What two ranges have in common; empty (start not before end) when nothing. */
export function intersect(a: NanosRange, b: NanosRange): NanosRange {
  return { start: a.start > b.start ? a.start : b.start, end: a.end < b.end ? a.end : b.end };
}

export const isEmpty = ({ start, end }: NanosRange): boolean => start >= end;

export const overlaps = (a: NanosRange, b: NanosRange): boolean => !isEmpty(intersect(a, b));

/** The UTC day that begins `day` days after 1970-01-01. */
export function dayRange(day: bigint): NanosRange {
  return { start: day * NANOS_PER_DAY, end: (day + 1n) * NANOS_PER_DAY };
}

function clamp({ start, end }: NanosRange): NanosRange {
  return { start: start > LARGEST_INT8 ? LARGEST_INT8 : start, end: end > LARGEST_INT8 ? LARGEST_INT8 : end };
}

/** Sorted, with those that touch or overlap made one; empty ones left out. */
export function union(ranges: readonly NanosRange[]): NanosRange[] {
  const merged: { start: bigint; end: bigint }[] = [];
  for (const { start, end } of ranges.filter((range) => !isEmpty(range)).sort(byStart)) {
    const last = merged.at(-1);
    if (last === undefined || start > last.end) merged.push({ start, end });
    else if (end > last.end) last.end = end;
  }
  return merged;
}

/** What two unions have in common, as a union. */
export function commonParts(a: readonly NanosRange[], b: readonly NanosRange[]): NanosRange[] {
  const common: NanosRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i] as NanosRange, b[j] as NanosRange];
    const part = intersect(x, y);
    if (!isEmpty(part)) common.push(part);
    if (x.end < y.end) i += 1;
    else j += 1;
  }
  return common;
}

/** What of one union the other does not have, as a union. */
export function subtract(from: readonly NanosRange[], taken: readonly NanosRange[]): NanosRange[] {
  const left: NanosRange[] = [];
  let next = 0;
  for (const { start, end } of from) {
    let at = start;
    while (next < taken.length && (taken[next] as NanosRange).end <= at) next += 1;
    for (let i = next; i < taken.length && (taken[i] as NanosRange).start < end; i += 1) {
      const gap = { start: at, end: (taken[i] as NanosRange).start };
      if (!isEmpty(gap)) left.push(gap);
      at = (taken[i] as NanosRange).end;
    }
    if (at < end) left.push({ start: at, end });
  }
  return left;
}

function byStart(a: NanosRange, b: NanosRange): number {
  return a.start < b.start ? -1 : a.start > b.start ? 1 : 0;
}
