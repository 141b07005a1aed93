/** Counts inputs by kind and outcome. */
export function createTally() {
  const counts = new Map<string, number>();
  const count = (name: string, by: number): void => void counts.set(name, (counts.get(name) ?? 0) + by);
  return {
    add(kind: string, outcome: string, compared = 0): void {
      count(`${kind}: ${outcome}`, 1);
      if (compared > 0) count('rows compared', compared);
    },
    /** What was counted since the last call. */
    take(): Record<string, number> {
      const taken = Object.fromEntries(counts);
      counts.clear();
      return taken;
    },
  };
}
