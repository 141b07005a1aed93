/** The candidate that was most likely meant by `name`, or `undefined` when none is near. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  // A quarter of the letters may be wrong: more than that is a different name.
  let allowed = Math.max(1, Math.floor(wanted.length / 4));
  let nearest: string | undefined;
  for (const candidate of candidates) {
    const distance = distanceTo(wanted, candidate.toLowerCase());
    if (distance < allowed || (distance === allowed && nearest === undefined)) {
      allowed = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

function distanceTo(wanted: string, candidate: string): number {
  // The usual slip is a forgotten ending: x for x.dbn.zst.
  if (candidate.startsWith(`${wanted}.`)) return 1;
  return editDistance(wanted, candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, at(beforeLast, j - 2) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] as number;
}
