import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { makeFolder } from '../../../../src/adapters/system/make-folder.js';
import { skipBecause } from '../../../support/skip-because.js';

describe('makeFolder', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tickloom-folder-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const codeOf = (made: Promise<void>): Promise<unknown> =>
    made.then(
      () => 'made',
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );

  it('makes what is missing above, with the mode, at once and several times', async () => {
    const path = join(root, 'a/b/c');
    await Promise.all([makeFolder(path, 0o700), makeFolder(path, 0o700)]);
    await makeFolder(path);
    for (const made of ['a', 'a/b', 'a/b/c']) expect((await stat(join(root, made))).mode & 0o777).to.equal(0o700);
  });

  it('says that a file is in the way', async () => {
    const file = join(root, 'file');
    await writeFile(file, '');
    expect(await codeOf(makeFolder(file))).to.equal('EEXIST');
    expect(await codeOf(makeFolder(join(file, 'below')))).to.equal('ENOTDIR');
  });

  it('gives up where nothing can be made', async function () {
    if (!existsSync('/proc/self')) return skipBecause(this, 'there is no /proc');
    expect(await codeOf(makeFolder('/proc/tickloom/below'))).to.equal('ENOENT');
  });

  it('ends by a relative path when the working directory has been removed', async () => {
    const url = new URL('../../../../src/adapters/system/make-folder.js', import.meta.url).href;
    const program = `
      import { rmdirSync } from 'node:fs';
      import { makeFolder } from ${JSON.stringify(url)};
      rmdirSync(process.cwd());
      await makeFolder('a/b').catch(() => undefined);
      console.log('over');`;
    const gone = join(root, 'gone');
    await makeFolder(gone);
    const args = ['--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: gone, timeout: 60_000 });
    expect(stdout).to.equal('over\n');
  });
});
