import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'chai';
import ts from 'typescript';
import { PluginRegistry } from '../../../src/core/registry/plugin-registry.js';
import { MarketRecord, type SchemaPlugin } from '../../../src/plugin.js';
import { describeSchemaPlugin } from '../../../src/testing/index.js';

const REPOSITORY = fileURLToPath(new URL('../../../..', import.meta.url));
const require = createRequire(import.meta.url);
const folderOf = (name: string): string => dirname(realpathSync(require.resolve(`${name}/package.json`)));

const PLUGIN = `
import { Char, defineSchemaPlugin, IsIn, IsNotBelow, MarketRecord, Max, Price, Record, Transform, Uint64, Uint8 } from 'tickloom/plugin';

@Record({ indexTimestamp: 'ts_event' })
class Note extends MarketRecord {
  @Max(200) @Uint8() count!: number;
  @IsIn(['A', 'B', 'N', null, ...'CDEFGHIJKLMOPQRSTUVWXYZ']) @Char() kind!: string | null;
  @Price() low!: bigint | null;
  @IsNotBelow('low') @Price() high!: bigint | null;
  @Transform(({ value }) => value) @Uint64() total!: bigint;
}

export { MarketRecord };
export default defineSchemaPlugin({
  name: 'notes',
  version: '1.0.0',
  apiVersion: 1,
  schemas: [{ name: 'notes', rtype: 0xe0, table: 'notes' }],
  model: Note,
});
`;

function transpiled(experimentalDecorators: boolean): string {
  const { ESNext } = ts.ModuleKind;
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ESNext, experimentalDecorators };
  return ts.transpileModule(PLUGIN, { compilerOptions }).outputText;
}

describe('a plugin that brings its own copies of tickloom, class-validator and class-transformer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickloom-copies-'));
  const modules = join(folder, 'node_modules');
  const load = async (file: string): Promise<{ default: SchemaPlugin; MarketRecord: unknown }> =>
    (await import(pathToFileURL(join(folder, file)).href)) as { default: SchemaPlugin; MarketRecord: unknown };

  before(() => {
    mkdirSync(join(modules, 'tickloom'), { recursive: true });
    cpSync(join(REPOSITORY, 'package.json'), join(modules, 'tickloom', 'package.json'));
    cpSync(join(REPOSITORY, 'dist', 'src'), join(modules, 'tickloom', 'dist', 'src'), { recursive: true });
    for (const name of ['class-validator', 'class-transformer']) {
      cpSync(folderOf(name), join(modules, name), { recursive: true });
    }
    for (const name of ['validator', 'libphonenumber-js']) {
      symlinkSync(folderOf(name), join(modules, name));
    }
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'legacy.js'), transpiled(true));
    writeFileSync(join(folder, 'standard.js'), transpiled(false));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

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
    const failures: string[] = [];
    let tests = 0;
    const tried: Promise<void>[] = [];
    describeSchemaPlugin(plugin, {
      describe: (_title, body) => body(),
      it: (title, body) => {
        tests++;
        const run = async (): Promise<void> => {
          await body();
        };
        tried.push(run().catch((error: unknown) => void failures.push(`${title}: ${String(error)}`)));
      },
    });
    await Promise.all(tried);
    expect(failures).to.deep.equal([]);
    expect(tests).to.be.above(20);
  });

  it('is told which option to set when its compiler made standard decorators', async () => {
    const error = await load('standard.js').then(
      () => undefined,
      (caught: unknown) => caught as Error & { hint: string },
    );
    expect(error?.message).to.match(/was called as a standard \(stage 3\) decorator; needed is a legacy decorator$/);
    expect(error?.hint).to.include('"experimentalDecorators": true');
  });
});
