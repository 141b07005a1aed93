/** The two functions of a test runner that a contract suite needs; those of mocha, vitest, jest and node:test do. */
export interface TestRunner {
  readonly describe: (title: string, body: () => void) => unknown;
  readonly it: (title: string, body: () => void | Promise<void>) => unknown;
}
