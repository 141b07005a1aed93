import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { skipBecause } from './skip-because.js';

const execute = promisify(execFile);

/** A file system of half a megabyte, to be filled. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no room for another byte. */
  fill(): Promise<void>;
  /** Makes room again. */
  free(): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts one, which takes root on Linux; elsewhere the test is skipped, aloud. */
export async function smallDisk(context: Mocha.Context): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'tickloom-disk-'));
  try {
    await execute('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tickloom-test', path]);
  } catch {
    await rm(path, { recursive: true });
    return skipBecause(context, 'a full disk needs root and Linux, to mount a small file system');
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: async () => writeFile(filler, Buffer.alloc(1024 * 1024)).catch(() => undefined),
    free: () => rm(filler, { force: true }),
    unmount: async () => {
      await execute('umount', [path]);
      await rm(path, { recursive: true });
    },
  };
}
