import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliSandbox, PACKAGE_ROOT } from '../support/run-cli.js';
import { skipBecause } from '../support/skip-because.js';

const OCLIF = join(PACKAGE_ROOT, 'node_modules/oclif/bin/run.js');

interface Flag {
  readonly multiple?: boolean;
}
interface Arg {
  readonly required?: boolean;
  readonly multiple?: boolean;
}
interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly examples?: readonly unknown[];
        readonly args: Readonly<Record<string, Arg>>;
        readonly flags: Readonly<Record<string, Flag>>;
      }
    >
  >;
}

/** One line per command: its words, arguments and flags. */
function summary({ commands }: Manifest): string {
  const lines = Object.entries(commands).map(([id, { args, flags }]) => {
    const words = Object.entries(args).map(([name, { required, multiple }]) => {
      const word = name.toUpperCase() + (multiple === true ? '…' : '');
      return required === true ? word : `[${word}]`;
    });
    const names = Object.keys(flags).sort();
    return [id.replaceAll(':', ' '), ...words, ...names.map((name) => `--${name}`)].join(' ');
  });
  return `${lines.sort().join('\n')}\n`;
}

describe('the manifest of commands', () => {
  let sandbox: CliSandbox;
  let committed: string;
  let commands: Manifest['commands'];

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    committed = await readFile(join(PACKAGE_ROOT, 'oclif.manifest.json'), 'utf8');
    ({ commands } = JSON.parse(committed) as Manifest);
  });
  after(() => sandbox.remove());

  /** What `oclif manifest` writes for this package under a given environment, its commands sorted as in the committed one. */
  const generate = async (name: string, env: Record<string, string>): Promise<string> => {
    // a copy of the package's outside: oclif writes the manifest into the folder it reads
    const root = join(sandbox.root, name);
    await mkdir(root);
    await cp(join(PACKAGE_ROOT, 'package.json'), join(root, 'package.json'));
    await symlink(join(PACKAGE_ROOT, 'node_modules'), join(root, 'node_modules'));
    // no link: the manifest says where the file of a command lies, seen from the root
    await cp(join(PACKAGE_ROOT, 'dist/src'), join(root, 'dist/src'), { recursive: true });
    const { code, stderr } = await sandbox.exec(process.execPath, [OCLIF, 'manifest', root], { env });
    expect(code, stderr).to.equal(0);
    const { commands: written, ...rest } = JSON.parse(
      await readFile(join(root, 'oclif.manifest.json'), 'utf8'),
    ) as Manifest;
    const sorted = Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)));
    return JSON.stringify({ commands: sorted, ...rest }, null, 2);
  };

  /** oclif's own program for authors asks for the account's name; a container under a bare number has none. */
  const skipWithoutAccountName = (test: Mocha.Context): void => {
    try {
      userInfo();
    } catch {
      skipBecause(test, 'oclif cannot write a manifest for an account without a name');
    }
  };

  it('is current', async function () {
    skipWithoutAccountName(this);
    expect(await generate('plain', {})).to.equal(committed, 'run "npm run manifest" and commit what it writes');
  });

  it('is the same, byte for byte, in whatever environment and beside whatever config it is made', async function () {
    skipWithoutAccountName(this);
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), 'concurrency: 7\nindex: none\n');
    const strange = {
      COLUMNS: '40',
      DATABASE_URL: 'postgresql://nowhere/db',
      FORCE_COLOR: '3',
      LANG: 'tr_TR.UTF-8',
      NODE_ENV: 'development',
      PGHOST: 'nowhere',
      TICKLOOM_CONCURRENCY: '9',
      TICKLOOM_INDEX: 'btree',
      TICKLOOM_JSON: '1',
      TZ: 'Asia/Kathmandu',
    };
    expect(await generate('strange', strange)).to.equal(committed);
  });

  it('lists the commands and flags that people script against', async () => {
    const expected = await readFile(join(PACKAGE_ROOT, 'test/cli/commands.txt'), 'utf8');
    expect(summary({ commands })).to.equal(expected);
  });

  it('has no flag that takes the words after its value, and none with a default', () => {
    for (const [id, { flags }] of Object.entries(commands)) {
      for (const [name, flag] of Object.entries(flags)) {
        expect(flag.multiple ?? false, `${id} --${name}`).to.equal(false);
        expect(flag, `${id} --${name}`).not.to.have.property('default');
      }
    }
  });

  it('has an example for every command', () => {
    for (const [id, { examples }] of Object.entries(commands)) expect(examples, id).to.be.an('array').that.is.not.empty;
  });
});
