import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { BIN, CliSandbox } from '../support/run-cli.js';
import { createDatabase } from '../support/postgres-server.js';

const RECORDER = new URL('../support/record-loads.js', import.meta.url).href;

describe('what a process loads', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  let url: string;
  let runs = 0;

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    ({ url } = await createDatabase());
    // the tables are there, as they are but once
    const migrated = await sandbox.run(['db', 'migrate', '--database', url]);
    expect(migrated.code, migrated.stderr).to.equal(0);
    const { code, stderr } = await sandbox.run(['sample', '--schema', 'trades', '--records', '9', '--output', 'a.dbn']);
    expect(code, stderr).to.equal(0);
  });
  after(() => sandbox.remove());

  /** The files, those of packages from their `node_modules` on, those of ours from `dist` on. */
  async function loadedBy(args: readonly string[]): Promise<ReadonlySet<string>> {
    const list = join(sandbox.root, `loaded-${runs++}`);
    const { code, stderr } = await sandbox.exec(process.execPath, ['--import', RECORDER, ...args], {
      env: { LOADED_FILES: list, TICKLOOM_DATABASE_URL: url },
    });
    expect(code, stderr).to.equal(0);
    const loaded = (await readFile(list, 'utf8')).split('\n');
    return new Set(loaded.map((href) => href.replace(/^.*\/(?=(node_modules|dist)\/)/, '')));
  }

  const matching = (loaded: ReadonlySet<string>, pattern: RegExp): string[] =>
    [...loaded].filter((name) => pattern.test(name));

  const COMMANDS = {
    ingest: ['ingest', 'a.dbn', '--quiet'],
    query: ['query', 'select 1'],
    decode: ['decode', 'a.dbn'],
    verify: ['verify'],
    'runs list': ['runs', 'list'],
    'db status': ['db', 'status'],
  };
  for (const [name, words] of Object.entries(COMMANDS)) {
    it(`is, for "${name}", that command, and of class-validator no more than is used`, async () => {
      const loaded = await loadedBy([BIN, ...words]);
      expect(matching(loaded, /\/class-validator\/cjs\//)).to.have.length.within(20, 40);
      expect(matching(loaded, /[pP]hone|\/(cosmiconfig|umzug)\//)).to.deep.equal([]);
      expect(matching(loaded, /^dist\/src\/commands\//)).to.deep.equal([
        `dist/src/commands/${name.replace(' ', '/')}.js`,
      ]);
    });
  }

  it('is, for a host that has not called anything yet, no plugin, no driver and no oclif', async () => {
    const index = new URL('../../src/index.js', import.meta.url).href;
    const loaded = await loadedBy(['--input-type=module', '--eval', `await import('${index}')`]);
    expect([...loaded]).to.include('dist/src/composition/create-tickloom.js');
    expect(matching(loaded, /^dist\/plugins\/|\/(pg|umzug|cosmiconfig|@oclif)\//)).to.deep.equal([]);
  });
});
