import { createHash } from 'node:crypto';
import type { CoverageClaim, NanosRange } from '../../../core/coverage/coverage-claim.js';
import { ClaimKeys, type SeenDay } from './claim-keys.js';
import { commonParts, dayRange, intersect, isEmpty, subtract, union } from './nanos-ranges.js';

/** All of an int8. */
const EVERYTHING: NanosRange = { start: -(2n ** 63n), end: 2n ** 63n - 1n };

/**
 * What a chunk in flight may bring: each of some keys at each of some times. Keys are numbers, in half-open ranges:
 * instrument ids, or hashes of continuous symbols.
 */
export interface ClaimArea {
  readonly keys: readonly NanosRange[];
  readonly times: readonly NanosRange[];
}

/** Earliest and latest index timestamp of a chunk, both inclusive, ns. */
export interface SeenTimes {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * What a chunk may bring by its header, areas that have nothing in common. Where the header does not say which
 * instruments, that is all of them; where it claims nothing at all, everything.
 */
export function areasOf(claim: CoverageClaim | null): ClaimArea[] {
  if (claim === null || claim.range.start >= EVERYTHING.end) return [{ keys: [EVERYTHING], times: [EVERYTHING] }];
  const keys = new ClaimKeys(claim, claim.alias);
  const areas = grouped(keys.keys.map((key) => [keyNumber(key, claim.alias), keys.rangesOf(key)]));
  return areas.length > 0 ? areas : [{ keys: [EVERYTHING], times: [claim.range] }];
}

/**
 * What a chunk brought beyond its header: instruments that no mapping names, on the days on which they came, and
 * whatever came outside the range.
 */
export function areasBeyond(
  claim: CoverageClaim,
  strangers: readonly SeenDay[],
  seen: SeenTimes | null | undefined,
): ClaimArea[] {
  const { range, alias } = claim;
  const days = new Map<string, NanosRange[]>();
  for (const { key, day } of strangers) {
    days.set(key, [...(days.get(key) ?? []), intersect(dayRange(BigInt(day)), range)]);
  }
  const outside = seen ? subtract([{ start: seen.first, end: seen.last + 1n }], [range]) : [];
  return [
    ...grouped([...days].map(([key, ranges]) => [keyNumber(key, alias), ranges])),
    ...(outside.length === 0 ? [] : [{ keys: [EVERYTHING], times: outside }]),
  ];
}

/** What of these areas none of the others has; areas that have nothing in common. */
export function withoutAreas(areas: readonly ClaimArea[], others: readonly ClaimArea[]): ClaimArea[] {
  return others.reduce<ClaimArea[]>((left, other) => left.flatMap((area) => withoutArea(area, other)), [...areas]);
}

function withoutArea({ keys, times }: ClaimArea, other: ClaimArea): ClaimArea[] {
  const shared = commonParts(keys, other.keys);
  if (shared.length === 0) return [{ keys, times }];
  return [
    { keys: subtract(keys, shared), times },
    { keys: shared, times: subtract(times, other.times) },
  ].filter((area) => area.keys.length > 0 && area.times.length > 0);
}

/** Keys with the same times make one area: the instruments of a parent mostly do. */
function grouped(keys: readonly (readonly [bigint, readonly NanosRange[]])[]): ClaimArea[] {
  const byTimes = new Map<string, { keys: NanosRange[]; times: readonly NanosRange[] }>();
  for (const [key, ranges] of keys) {
    const times = union(ranges.filter((range) => !isEmpty(range)));
    if (times.length === 0) continue;
    const name = times.map(({ start, end }) => `${start}-${end}`).join();
    const area = byTimes.get(name) ?? { keys: [], times };
    area.keys.push({ start: key, end: key + 1n });
    byTimes.set(name, area);
  }
  return [...byTimes.values()].map((area) => ({ keys: union(area.keys), times: area.times }));
}

/** Two symbols of one hash would only wait for each other. */
function keyNumber(key: string, alias: boolean): bigint {
  return alias ? createHash('sha256').update(key).digest().readBigUInt64BE() >> 2n : BigInt(key);
}
