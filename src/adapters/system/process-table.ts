import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One living process, as far as telling it from another one that got its number later. */
export interface LivingProcess {
  readonly pid: number;
  /** When it started, in the system's own words: only good for comparing. */
  readonly startedAt: string;
  /** Program and arguments. */
  readonly command: readonly string[];
}

/**
 * Looks up a process; `null` when there is none. A zombie is none: nobody has collected it, and it does nothing more.
 */
export async function findProcess(pid: number, platform: string = process.platform): Promise<LivingProcess | null> {
  return platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<LivingProcess | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The program's name stands in parentheses and may contain anything, so count from behind it: state is field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    const startedAt = fields[19];
    if (state === 'Z' || state === 'X' || startedAt === undefined) return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    return { pid, startedAt, command };
  } catch {
    return null;
  }
}

async function fromPs(pid: number): Promise<LivingProcess | null> {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,lstart=,command=', '-p', String(pid)], {
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    });
    const match = /^(\S+)\s+(\S+\s+\S+\s+\d+\s+\S+\s+\d+)\s+(.*)$/.exec(stdout.trim());
    if (match === null || match[1]?.startsWith('Z') === true) return null;
    return { pid, startedAt: match[2] ?? '', command: (match[3] ?? '').split(' ') };
  } catch {
    return null;
  }
}
