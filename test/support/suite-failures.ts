import type { TestRunner } from '../../src/testing/index.js';

/** Runs a contract suite by itself: how many tests it has, and what failed in them, by title. */
export async function suiteFailures(
  declare: (runner: TestRunner) => void,
): Promise<{ readonly tests: number; readonly failures: Readonly<Record<string, string>> }> {
  const tests: [title: string, body: () => void | Promise<void>][] = [];
  declare({ describe: (_title, body) => body(), it: (title, body) => void tests.push([title, body]) });
  const failures: Record<string, string> = {};
  for (const [title, body] of tests) {
    try {
      await body();
    } catch (error) {
      failures[title] = error instanceof Error ? error.message : String(error);
    }
  }
  return { tests: tests.length, failures };
}
