import { AsyncLocalStorage } from 'node:async_hooks';

const watched = new AsyncLocalStorage<true>();

/**
 * What some work writes to stdout, which it is kept from. Only that: test runners write their results there while a
 * test runs, and those go through.
 */
export async function stdoutOf(work: () => Promise<void>): Promise<string> {
  const { stdout } = process;
  const write = stdout.write.bind(stdout) as (...args: unknown[]) => boolean;
  let written = '';
  stdout.write = (...args: unknown[]): boolean => {
    if (watched.getStore() !== true) return write(...args);
    written += String(args[0]);
    return true;
  };
  try {
    await watched.run(true, work);
  } finally {
    stdout.write = write;
  }
  return written;
}
