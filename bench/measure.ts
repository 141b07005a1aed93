import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchCase, Measurement, Workload } from './bench-case.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/**
 * Runs a case in a process of its own, so that its memory is its own and no other case has warmed it up. The process is
 * gone when this is over, however it ends.
 */
export function measure(
  bench: BenchCase,
  workload: Workload,
  signal: AbortSignal,
  env: Readonly<Record<string, string>> = {},
): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = fork(CHILD, [bench.name, JSON.stringify(workload)], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 2, 2, 'ipc'],
    });
    const kill = (): boolean => child.kill('SIGKILL');
    signal.addEventListener('abort', kill, { once: true });
    let measurement: Measurement | undefined;
    child.once('message', (message) => {
      measurement = message as Measurement;
    });
    child.once('error', reject);
    child.once('exit', (code, by) => {
      signal.removeEventListener('abort', kill);
      if (code === 0 && measurement !== undefined) resolve(measurement);
      else reject(new Error(`bench case "${bench.name}" ended with ${by ?? `code ${code ?? 'none'}`}`));
    });
  });
}
