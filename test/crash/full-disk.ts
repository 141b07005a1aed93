import { execFile } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEDICATED_USER, isRoot } from '../../src/adapters/embedded/server-user.js';
import type { ExternalServer, ExternalStage } from './external-stage.js';
import type { Disturbance } from './stage.js';

const execute = promisify(execFile);
const TABLESPACE = 'small';

/** A file system of a few megabytes, in memory, that a database can lie on. Root alone can make one. */
export class SmallDisk {
  private constructor(private readonly path: string) {}

  /** `undefined` where none can be mounted; the reason goes to `note`. */
  static async mount(
    folder: string,
    external: ExternalServer,
    note: (text: string) => void,
  ): Promise<SmallDisk | undefined> {
    if (!isRoot() || process.platform !== 'linux') {
      note('skipped: a full disk needs root and Linux, to mount a small file system');
      return undefined;
    }
    const path = join(folder, 'disk');
    await mkdir(path);
    try {
      await execute('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tickloom-crash', path]);
    } catch (error) {
      note(`skipped: a full disk, because no file system can be mounted here (${(error as Error).message.trim()})`);
      return undefined;
    }
    const disk = new SmallDisk(path);
    const data = join(path, 'data');
    await mkdir(data, { mode: 0o700 });
    await chmod(path, 0o755);
    await chown(data, DEDICATED_USER.uid, DEDICATED_USER.gid);
    await external.sql(external.server.url, `create tablespace ${TABLESPACE} location '${data}'`);
    return disk;
  }

  /** A database on this disk, with all the room it needs as yet. */
  stage(external: ExternalServer, options: { readonly empty: boolean }): Promise<ExternalStage> {
    return external.stage({ ...options, tablespace: TABLESPACE });
  }

  /** Fills the disk but for some room, runs the command, and makes room again. */
  readonly fault: Disturbance = {
    name: 'the disk is full',
    act: async (stage, args, random) => {
      const filler = join(this.path, 'filler');
      const { stdout } = await execute('df', ['-k', '--output=avail', this.path]);
      const available = Number(stdout.trim().split('\n').at(-1));
      await execute('fallocate', ['-l', `${available - 8 * random.below(40)}K`, filler]);
      const run = stage.run(args);
      await run.ended;
      await execute('rm', ['-f', filler]);
      return { run, struck: true, killed: false };
    },
  };

  async unmount(): Promise<void> {
    await execute('umount', [this.path]);
  }
}
