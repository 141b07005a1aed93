import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';

/** Where the process of a case writes the profile of its work, when one is wanted. */
export const PROFILE_VARIABLE = 'TICKLOOM_BENCH_PROFILE';
const INTERVAL_MICROS = 200;

/** Runs `work`, and writes the profile of the main thread down where the environment asks for it. */
export async function profiled<T>(work: () => T | Promise<T>): Promise<T> {
  const path = process.env[PROFILE_VARIABLE];
  if (path === undefined) return work();
  const session = new Session();
  session.connect();
  try {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_MICROS });
    await session.post('Profiler.start');
    const result = await work();
    const { profile } = await session.post('Profiler.stop');
    await writeFile(path, JSON.stringify(profile));
    return result;
  } finally {
    session.disconnect();
  }
}
