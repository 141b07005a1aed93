import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BenchCase, Measurement, Workload } from './bench-case.js';

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

/** Runs a case in a process of its own, so that its memory is its own and no other case has warmed it up. */
export function measure(bench: BenchCase, workload: Workload): Promise<Measurement> {
  return new Promise((resolve, reject) => {
    const child = fork(CHILD, [bench.name, JSON.stringify(workload)], { stdio: ['ignore', 2, 2, 'ipc'] });
    let measurement: Measurement | undefined;
    child.once('message', (message) => {
      measurement = message as Measurement;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0 && measurement !== undefined) resolve(measurement);
      else reject(new Error(`bench case "${bench.name}" ended with ${signal ?? `code ${code ?? 'none'}`}`));
    });
  });
}
