import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { PluginRegistry } from '../../../src/core/registry/plugin-registry.js';
import { createTickloom } from '../../../src/index.js';
import { MarketRecord, type SchemaPlugin } from '../../../src/plugin.js';
import { describeSchemaPlugin } from '../../../src/testing/index.js';
import { DECORATED_NOTE } from '../../support/decorated-note.js';
import { LEGACY_COMPILERS, STANDARD_COMPILERS, type PluginCompiler } from '../../support/plugin-compilers.js';
import { PACKAGE_ROOT } from '../../support/run-cli.js';
import { suiteFailures } from '../../support/suite-failures.js';
import { rejected } from '../../support/thrown.js';

const require = createRequire(import.meta.url);
const folderOf = async (name: string): Promise<string> =>
  dirname(await realpath(require.resolve(`${name}/package.json`)));

describe('a plugin that brings its own copies of tickloom, class-validator and class-transformer', () => {
  let folder: string;
  const load = async (file: string): Promise<{ default: SchemaPlugin; MarketRecord: unknown }> =>
    (await import(pathToFileURL(join(folder, file)).href)) as { default: SchemaPlugin; MarketRecord: unknown };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-copies-'));
    const modules = join(folder, 'node_modules');
    await mkdir(join(modules, 'tickloom'), { recursive: true });
    for (const part of ['package.json', 'dist/src']) {
      await cp(join(PACKAGE_ROOT, part), join(modules, 'tickloom', part), { recursive: true });
    }
    for (const name of ['class-validator', 'class-transformer']) {
      await cp(await folderOf(name), join(modules, name), { recursive: true });
    }
    for (const name of ['validator', 'libphonenumber-js']) await symlink(await folderOf(name), join(modules, name));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const text = `${DECORATED_NOTE}\nexport { MarketRecord };`;
    for (const [file, [compiler]] of Object.entries({ legacy: LEGACY_COMPILERS, standard: STANDARD_COMPILERS })) {
      await writeFile(join(folder, `${file}.js`), await (compiler as PluginCompiler).compile(text));
    }
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('really has other copies', async () => {
    expect((await load('legacy.js')).MarketRecord).to.not.equal(MarketRecord);
  });

  it('is taken in all the same', async () => {
    const registry = new PluginRegistry();
    registry.register((await load('legacy.js')).default, folder);
    expect(registry.get('notes').table.columns.map(({ name }) => name)).to.include.members(['count', 'kind', 'total']);
  });

  it('passes the contract suite, which compares its rows, checks and rejections', async () => {
    const { default: plugin } = await load('legacy.js');
    const { tests, failures } = await suiteFailures((runner) => describeSchemaPlugin(plugin, runner));
    expect(failures).to.deep.equal({});
    expect(tests).to.be.above(20);
  });

  it('is refused, with the paths, when its model has decorators of another copy than its tickloom sees', async () => {
    const plugin = pathToFileURL(join(PACKAGE_ROOT, 'dist/src/plugin.js')).href;
    const path = join(folder, 'foreign.js');
    await writeFile(
      path,
      `import { Transform } from 'class-transformer';
      import { defineRecord, defineSchemaPlugin } from ${JSON.stringify(plugin)};
      const checks = [Transform(({ value }) => value * 2)];
      const model = defineRecord({ name: 'F', indexTimestamp: 'ts_event', fields: { n: { type: 'uint32', checks } } });
      const schemas = [{ name: 'foreign', rtype: 0xe2, table: 'foreign_rows' }];
      export default defineSchemaPlugin({ name: 'foreign', version: '1.0.0', apiVersion: 1, schemas, model });`,
    );
    const tickloom = createTickloom({ plugins: [path] });
    const error = await rejected(tickloom.schemas.list());
    await tickloom.close();
    expect(error).to.include({ code: 'PLUGIN_INVALID' });
    for (const copy of [join(folder, 'node_modules/class-transformer'), await folderOf('class-transformer')])
      expect(error.message).to.contain(`"${copy}"`);
  });

  it('is told which option to set when its compiler made standard decorators', async () => {
    const error = await rejected(load('standard.js'));
    expect(error.message).to.match(/was called as a standard \(stage 3\) decorator; needed is a legacy decorator$/);
    expect(error.hint).to.include('"experimentalDecorators": true');
  });
});
