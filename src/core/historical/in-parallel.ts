/**
 * Runs `work` on every item, at most `most` at a time, the first one alone: what is wrong with it is wrong with most.
 * The first error stops the taking of further items.
 */
export async function inParallel<T, R>(items: readonly T[], most: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const first = waiting.next();
  if (first.done !== true) results[first.value[0]] = await work(first.value[1]);
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  return results;
}
