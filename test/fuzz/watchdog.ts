import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Said, Work } from './worker.js';

/** The account of all workers. */
export interface FuzzResult {
  readonly counts: Readonly<Record<string, number>>;
  /** What went wrong, with the number of the input. */
  readonly defects: readonly string[];
  readonly peakRssBytes: number;
}

/** An input takes a few milliseconds; one that takes this long hangs. */
const HANGS_AFTER_MS = 20_000;
/** More than this and memory follows what an input says instead of what it has. */
const MOST_RSS_BYTES = 700 * 1024 * 1024;
const HEAP_MB = 256;

/**
 * Runs the work in a process of its own, ends it when it hangs, and goes on with the input at which it was: a machine that
 * was busy elsewhere does not make it hang twice. Then it goes on behind it.
 */
export async function watch(work: Work): Promise<FuzzResult> {
  const counts: Record<string, number> = {};
  const defects: string[] = [];
  let peakRssBytes = 0;
  let triedAgain: number | undefined;
  for (let from = work.from; from < work.to;) {
    const end = await watchOne({ ...work, from }, (said) => {
      if ('failed' in said) defects.push(`input ${said.failed} (${said.kind}): ${said.error}`);
      if ('counts' in said) {
        for (const [name, count] of Object.entries(said.counts)) counts[name] = (counts[name] ?? 0) + count;
      }
      if ('done' in said) peakRssBytes = Math.max(peakRssBytes, said.peakRssBytes);
    });
    if (end.finished) break;
    if (end.hung && triedAgain !== end.at) {
      triedAgain = end.at;
      counts['slow, and tried again'] = (counts['slow, and tried again'] ?? 0) + 1;
      from = end.at;
      continue;
    }
    defects.push(`input ${end.at}: ${end.hung ? `no end after ${HANGS_AFTER_MS} ms` : 'it ended the process'}`);
    from = end.at + 1;
  }
  if (peakRssBytes > MOST_RSS_BYTES) defects.push(`the inputs took ${peakRssBytes} bytes of memory`);
  return { counts, defects, peakRssBytes };
}

async function watchOne(
  work: Work,
  hear: (said: Said) => void,
): Promise<{ readonly finished: boolean; readonly at: number; readonly hung: boolean }> {
  const program = fileURLToPath(new URL('worker.js', import.meta.url));
  const child = fork(program, ['--work', JSON.stringify(work)], { execArgv: [`--max-old-space-size=${HEAP_MB}`] });
  let at = work.from;
  let finished = false;
  let hung = false;
  const expire = (): NodeJS.Timeout =>
    setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, HANGS_AFTER_MS);
  // Making the corpus and a server comes before the first input.
  let timer = setTimeout(() => child.kill('SIGKILL'), 6 * HANGS_AFTER_MS);
  child.on('message', (said: Said) => {
    hear(said);
    if ('at' in said) {
      ({ at } = said);
      clearTimeout(timer);
      timer = expire();
    } else {
      finished ||= 'done' in said;
      if (finished) clearTimeout(timer);
    }
  });
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return { finished, at, hung };
}
