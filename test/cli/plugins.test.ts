import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { CliSandbox, PACKAGE_ROOT } from '../support/run-cli.js';

/** A schema plugin as a stranger would write it, which also prints what it should not. */
const pluginSource = (name: string): string => `
  console.log('noise of ${name}');
  export default (await import(${JSON.stringify(pathToFileURL(join(PACKAGE_ROOT, 'dist/plugins/index.js')).href)})).builtinPlugins[0];
`;

describe('plugins on the command line', () => {
  let sandbox: CliSandbox;
  beforeEach(async () => {
    sandbox = await CliSandbox.create();
  });
  afterEach(() => sandbox.remove());

  /** A package with a plugin in it. */
  const writePackage = async (name: string): Promise<string> => {
    const folder = join(sandbox.root, name);
    await mkdir(folder);
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({
        name,
        version: '1.0.0',
        type: 'module',
        main: './index.js',
        oclif: { hooks: { init: './init.js' } },
        tickloom: { plugins: './index.js' },
      }),
    );
    await writeFile(join(folder, 'index.js'), pluginSource(name));
    await writeFile(join(folder, 'init.js'), "export default async () => console.log('noise of a hook');");
    return folder;
  };

  it('are found through the config, and what they print goes to stderr', async () => {
    const folder = await writePackage('tickloom-plugin-mine');
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `plugins: ["${folder}"]\nbuiltins: false\n`);
    const { code, stdout, stderr } = await sandbox.run(['schemas', 'list', '--json']);
    expect(stderr).to.equal('noise of tickloom-plugin-mine\n');
    const schemas = JSON.parse(stdout) as { origin: string }[];
    expect(schemas).to.have.length.greaterThan(0);
    expect(new Set(schemas.map(({ origin }) => origin))).to.deep.equal(new Set([folder]));
    expect(code).to.equal(0);
  });

  it('fail the command by an error that they leave for later', async () => {
    const folder = await writePackage('tickloom-plugin-late');
    await appendFile(join(folder, 'index.js'), 'Promise.reject(new Error("too late"));');
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `plugins: ["${folder}"]\nbuiltins: false\n`);
    const { code, stderr } = await sandbox.shell('tickloom schemas list > out');
    expect(stderr).to.match(/^unexpected error: too late$/m);
    expect(code).to.equal(1);
  });

  it('are found when they are linked through oclif', async function () {
    this.timeout(120_000);
    const folder = await writePackage('tickloom-plugin-linked');
    const linked = await sandbox.run(['plugins', 'link', '--no-install', folder]);
    expect(linked.code, linked.stderr).to.equal(0);
    const { code, stdout, stderr } = await sandbox.run(['schemas', 'list', '--json'], {
      env: { TICKLOOM_BUILTINS: 'no' },
    });
    expect(stderr).to.contain('noise of a hook').and.to.contain('noise of tickloom-plugin-linked');
    expect(JSON.parse(stdout)).to.be.an('array').that.is.not.empty;
    expect(code).to.equal(0);
  });

  it('that are broken stop a command with a way out: mend them, or unlink them', async function () {
    this.timeout(120_000);
    const name = 'tickloom-plugin-broken';
    const folder = await writePackage(name);
    await sandbox.run(['plugins', 'link', '--no-install', folder]);
    await writeFile(join(folder, 'index.js'), 'export default { not a plugin');
    const broken = await sandbox.run(['schemas', 'list']);
    expect(broken.code).to.equal(2);
    expect(broken.stderr).to.match(
      /^hint: Run "node .* To go on without the plugin, run "tickloom plugins unlink tickloom-plugin-broken"\.$/m,
    );
    // an error that is thrown by our decorators, and does not name the plugin
    const plugin = pathToFileURL(join(PACKAGE_ROOT, 'dist/src/plugin.js')).href;
    await writeFile(
      join(folder, 'index.js'),
      `import { Uint8 } from ${JSON.stringify(plugin)}; Uint8()(undefined, {});`,
    );
    const { stdout } = await sandbox.run(['schemas', 'list', '--json']);
    expect(JSON.parse(stdout)).to.have.nested.property('error.context.origin', folder);
    expect(JSON.parse(stdout)).to.have.nested.property('error.hint').that.contains(`tickloom plugins unlink ${name}`);
    const unlinked = await sandbox.run(['plugins', 'unlink', name]);
    expect(unlinked.code, unlinked.stderr).to.equal(0);
    expect((await sandbox.run(['schemas', 'list'])).code).to.equal(0);
  });

  it('bring progress reporters, chosen by name, whose names a wrong one is answered with', async () => {
    const plugin = pathToFileURL(join(PACKAGE_ROOT, 'dist/src/plugin.js')).href;
    await writeFile(
      join(sandbox.cwd, 'mine.mjs'),
      `import { defineReporter } from ${JSON.stringify(plugin)};
      const create = ({ stream }) => ({
        report: (event) => stream.write('mine: ' + event.type + '\\n'),
        close: async () => stream.write('mine: closed\\n'),
      });
      export default defineReporter({ name: 'mine', description: 'one of my own', create });`,
    );
    const env = { TICKLOOM_PLUGINS: './mine.mjs' };
    await sandbox.run(['sample', '--schema', 'trades', '--records', '10', '--output', 'x.dbn']);
    const { code, stderr } = await sandbox.run(['ingest', 'x.dbn', '--progress', 'mine'], { env });
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain('mine: run_started\n').and.to.contain('mine: run_finished\nmine: closed\n');
    const wrong = await sandbox.run(['ingest', 'x.dbn', '--progress', 'yours'], { env });
    expect(wrong.stderr).to.contain('unknown progress reporter "yours"; known: auto, bar, plain, json, none, mine\n');
    expect(wrong.code).to.equal(2);
  }).timeout(120_000);

  it('that are not there end a command with 2', async () => {
    const { code, stdout } = await sandbox.run(['schemas', 'list', '--json'], {
      env: { TICKLOOM_PLUGINS: './nosuch' },
    });
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'PLUGIN_NOT_FOUND');
    expect(code).to.equal(2);
  });
});
