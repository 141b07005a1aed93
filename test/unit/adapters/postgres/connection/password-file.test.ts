import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { passwordFromFile } from '../../../../../src/adapters/postgres/connection/password-file.js';

const OWNER = { host: 'db.example', port: 5432, database: 'ticks', user: 'me' };

describe('passwordFromFile', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-passwords-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const found = async (text: string, owner: Partial<typeof OWNER> = {}): Promise<string | undefined> => {
    const file = join(folder, 'passwords');
    await writeFile(file, text, { mode: 0o600 });
    return passwordFromFile(file, { ...OWNER, ...owner });
  };

  it('takes the first line that fits', async () => {
    expect(await found('db.example:5433:*:*:other\ndb.example:5432:ticks:me:first\n*:*:*:*:second\n')).to.equal(
      'first',
    );
    expect(await found('#*:*:*:*:comment\r\n*:*:*:me:any\r\n')).to.equal('any');
    expect(await found('*:*:*:you:other\n*:*:*:short\n')).to.equal(undefined);
  });

  it('reads what a backslash stands before as it is', async () => {
    expect(await found('\\:\\:1:*:*:*:a\\\\b\\:c\n', { host: '::1' })).to.equal('a\\b:c');
    expect(await found('*:*:*:*:a:b\n')).to.equal('a:b');
  });

  it('has the server behind a socket as its folder and as localhost', async () => {
    expect(await found('localhost:*:*:*:here\n', { host: '/run/pg' })).to.equal('here');
    expect(await found('/run/pg:*:*:*:here\n', { host: '/run/pg' })).to.equal('here');
  });

  it('finds nothing where there is no file', async () => {
    expect(await passwordFromFile(join(folder, 'none'), OWNER)).to.equal(undefined);
    expect(await passwordFromFile(folder, OWNER)).to.equal(undefined);
  });
});
