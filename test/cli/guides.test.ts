import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sampled, STAND_IN_KEY, startGateway } from '../../src/testing/index.js';
import { blocksOf, follow, missingLine, steady, stepsOf, type GuideResult } from '../support/guide.js';
import { pluginGround } from '../support/plugin-ground.js';
import { createDatabase } from '../support/postgres-server.js';
import { PACKAGE_ROOT, type CliSandbox } from '../support/run-cli.js';
import { skipBecause } from '../support/skip-because.js';
import { createTimescaleDatabase, TIMESCALE_URL } from '../support/timescale-server.js';
import { trade, trades, tradesFile } from '../support/trade-file.js';

const TSC = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');

describe('the guides', function () {
  this.timeout(600_000);
  let ground: CliSandbox;
  let env: Record<string, string>;

  beforeEach(async () => {
    ground = await pluginGround();
    // tables are drawn as on the pages
    env = { DATABASE_URL: (await createDatabase()).url, LANG: 'C.UTF-8' };
  });
  afterEach(() => ground.remove());

  const write = async (name: string, content: string | Uint8Array): Promise<void> => {
    await mkdir(join(ground.cwd, name, '..'), { recursive: true });
    await writeFile(join(ground.cwd, name), content);
  };
  /** The blocks of a page, in one language, as they stand there. */
  const texts = async (page: string, language: string): Promise<string[]> =>
    (await blocksOf(page, language)).map(({ text }) => text);

  it('have only programs that compile, each by itself', async () => {
    const pages = (await readdir(join(PACKAGE_ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
    let snippets = 0;
    for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
      for (const [index, { text }] of (await blocksOf(page, 'ts', 'js')).entries()) {
        await write(`snippets/${page.replaceAll('/', '-')}-${index}.ts`, `${text}\nexport {};\n`);
        snippets++;
      }
    }
    expect(snippets).to.be.greaterThan(12);
    await write('snippets/package.json', '{ "type": "module" }');
    const compilerOptions = {
      ...{ target: 'ES2022', module: 'NodeNext', strict: true, noEmit: true, types: ['node'] },
      ...{ experimentalDecorators: true, skipLibCheck: true },
    };
    await write('snippets/tsconfig.json', JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { code, stdout } = await ground.exec(process.execPath, [TSC, '-p', join(ground.cwd, 'snippets')]);
    expect(stdout).to.equal('');
    expect(code).to.equal(0);
  });

  /** Every command ended as the page says, and printed what it says. */
  const expectAsSaid = (results: readonly GuideResult[]): void => {
    expect(results).to.have.length.greaterThan(0);
    for (const result of results) {
      const { command, ends, ended, printed } = result;
      expect(ended, `${command}\n${printed}`).to.equal(ends);
      expect(missingLine(result), `${command}\n${steady(printed)}`).to.equal(undefined);
    }
  };

  /** The stand-in gateway as its page starts it: the environment that it prints. */
  async function withGateway(use: (env: Record<string, string>) => Promise<void>): Promise<void> {
    const [program = ''] = await texts('docs/stand-in-gateway.md', 'js');
    await write('gateway.mjs', program);
    let child: ChildProcess | undefined;
    const ended = ground.exec(process.execPath, ['gateway.mjs'], { onStart: (started) => (child = started) });
    try {
      const [line] = (await once(child?.stdout as NodeJS.ReadableStream, 'data')) as [string];
      const printed = [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value] as const);
      await use({ ...env, ...(Object.fromEntries(printed) as Record<string, string>) });
    } finally {
      child?.kill('SIGTERM');
    }
    expect((await ended).code).to.equal(0);
  }

  it('have only commands that run: writing a plugin', async () => {
    // what npm install brings is there already
    const replace = (command: string): string => command.replace(/^npm install$/, ':');
    const results = await follow(ground, 'docs/writing-a-plugin.md', { env, replace });
    expectAsSaid(results);
    const tests = results.filter(({ command }) => command === 'npm test');
    expect(tests).to.have.length(2);
    for (const { printed } of tests) expect(printed).to.match(/^. fail 0$/m);
    expect(results.map(({ printed }) => printed).join('')).to.contain('ALPHA');
    expect(await readFile(join(ground.cwd, 'spread-quotes/quotes.jsonl'), 'utf8')).to.have.length.greaterThan(0);
  });

  it('have only commands that run: the README', () =>
    withGateway(async (access) => {
      const replace = (command: string): string =>
        command
          .replace(/^npm ci *(&& |$|#)/, ': $1')
          .replace('npm run demo', `'${process.execPath}' '${join(PACKAGE_ROOT, 'scripts/demo.mjs')}'`)
          .replace(/postgresql:\/\/\S+/, '"$DATABASE_URL"');
      expectAsSaid(await follow(ground, 'README.md', { env: access, replace }));
    }));

  it('have only commands that run, and print what is printed there: the tutorial', async () => {
    const results = await follow(ground, 'docs/tutorial.md', { env });
    expectAsSaid(results);
    expect(results.filter(({ prints }) => prints.length > 0)).to.have.length(7);
    expect(results.at(-1)?.printed).to.contain('ok');
  });

  it('have only commands that run: csv and jsonl', async () => {
    const [config = ''] = await texts('docs/csv-and-jsonl.md', 'yaml');
    await write('tickloom.config.yaml', config);
    await write(
      'bars/a.csv',
      'ticker,time,o,h,l,c,v\nES,2024-01-09,10,11,9,10,1\nNQ,2024-01-09T00:01:00Z,20,22,18,20,5\n',
    );
    const rest =
      ',columns.open=o,columns.high=h,columns.low=l,columns.close=c,columns.volume=v,values.publisher_id=1 bars/';
    const results = await follow(ground, 'docs/csv-and-jsonl.md', {
      env,
      replace: (command) => command.replace(/,…$/, rest),
    });
    expectAsSaid(results);
    expect(results.map(({ printed }) => /^(?:stored|already there) +2$/m.test(printed))).to.deep.equal([true, true]);
  });

  it('have only commands that run: progress reporters', async () => {
    const [dots = ''] = await texts('docs/progress-reporters.md', 'js');
    await write('dots.mjs', dots);
    await write('data/a.dbn', tradesFile(trades(3)));
    const results = await follow(ground, 'docs/progress-reporters.md', { env });
    expectAsSaid(results);
    expect(results[0]?.printed).to.match(/^\.$/m);
  });

  it('have only commands that run: the stand-in gateway', () =>
    withGateway(async (access) => {
      const results = await follow(ground, 'docs/stand-in-gateway.md', { env: access });
      expectAsSaid(results);
      expect(results[0]?.printed).to.contain('Run complete');
    }));

  it('have only commands that run, and print what is printed there: from the Historical API', () =>
    withGateway(async (access) => {
      await writeFile(join(ground.home, '.databento-key'), STAND_IN_KEY);
      const job = 'GLBX-20261125-AHQX6DLT29';
      // the gateway of this page runs already; the job is ready at the second look, and has the id that it was given
      const replace = (command: string): string =>
        command
          .replace(/^node gateway\.mjs$/, ':')
          .replace(/^tickloom batch list$/, 'tickloom batch list > /dev/null; tickloom batch list')
          .replace(job, '"$(tickloom batch list --json | grep -o "GLBX-[0-9A-Z-]*" | head -1)"');
      const page = 'docs/historical-api.md';
      expect((await stepsOf(page)).some(({ command }) => command.includes(job))).to.equal(true);
      expectAsSaid(await follow(ground, page, { env: access, replace }));
    }));

  it('have only commands that run, in a world that has what they name: the reference', async () => {
    const gateway = await startGateway({
      datasets: { 'GLBX.MDP3': sampled({ start: '2024-01-01', end: '2024-04-13', recordsPerDay: 20 }) },
      jobStates: ['done'],
    });
    const access = { ...env, DATABENTO_GATEWAY: gateway.url, DATABENTO_API_KEY: STAND_IN_KEY };
    const [config = ''] = await texts('docs/reference.md', 'yaml');
    const sources =
      '  acme:\n    source: csv\n    schema: ohlcv-1m\n    dataset: ACME.BARS\n    values: { publisher_id: 1 }\n';
    const columns = '    columns: { symbol: ticker, ts_event: time, open: o, high: h, low: l, close: c, volume: v }\n';
    // without the database and the plugin, which are those of the one who reads it
    await write(
      'tickloom.config.yaml',
      `${config.replace(/^(database|plugins):.*$/gm, '')}\nsources:\n${sources}${columns}`,
    );
    // a chunk 1, and entries 1 to 5 in the quarantine
    const impossible = { ts_recv: (1n << 64n) - 1n };
    await write('data/a.dbn', tradesFile([trade(0), ...[1, 2, 3, 4, 5].map((second) => trade(second, impossible))]));
    await write('bars/a.csv', 'ticker,time,o,h,l,c,v\nES,2024-01-09,10,11,9,10,1\n');
    await write('part.dbn.frag', tradesFile([trade(7 + 3 * 86_400)]).subarray(-48));
    const made = await ground.run(['ingest', 'data'], { env: access });
    expect(made.code, made.stderr).to.equal(3);
    const asked = ['--dataset', 'GLBX.MDP3', '--schema', 'tbbo', '--symbols', 'ES.c.0', '--start', '2024-01-09'];
    const submitted = await ground.run(['batch', 'submit', ...asked, '--max-cost', '5'], { env: access });
    expect(submitted.code, submitted.stderr).to.equal(0);
    const job = '"$(tickloom batch list --json | grep -o "GLBX-[0-9A-Z-]*" | head -1)"';
    const run = '"$(tickloom runs list --json | grep -o "[0-9a-f]\\{8\\}-[0-9a-f]*" | tail -1)"';
    const replace = (command: string): string =>
      command
        .replace(/^tickloom db (start|status|stop|url)$/, 'DATABASE_URL= $&')
        .replace('postgresql://localhost/market', '"$DATABASE_URL"')
        // no books in the made-up market, no TimescaleDB on this server, and a folder that the example before has written
        .replace('--schema mbo', '--schema trades')
        .replace(/.*--storage timescale.*/, '$& || [ $? = 2 ]')
        .replace(/.*--language js/, 'rm -r spread-quotes; $&')
        .replace('GLBX-20240610-5DEFXVTMSM', job)
        .replace(/(?<=show |--run )[0-9a-f]{4}$/, run);
    const results = await follow(ground, 'docs/reference.md', { env: access, replace }).finally(() => gateway.close());
    expectAsSaid(results);
  });

  it('have only commands that run: TimescaleDB', async function () {
    if (TIMESCALE_URL === undefined) return skipBecause(this, 'TICKLOOM_TEST_TIMESCALE_URL names no server');
    const database = await createTimescaleDatabase();
    await write('data/a.dbn', tradesFile([trade(1), trade(2)]));
    // the extension is there; the tests of the page are these
    const replace = (command: string): string => command.replace(/^(psql|TICKLOOM_TEST_TIMESCALE_URL=).*$/, ':');
    expectAsSaid(
      await follow(ground, 'docs/timescaledb.md', { env: { ...env, TICKLOOM_DATABASE_URL: database.url }, replace }),
    );
    await database.drop();
  });

  it('find a command that ends in another way, and output that is not there', async () => {
    const said = { command: 'x', ends: 0, prints: ['a  1', 'b'], ended: 0, printed: 'a 1\nc\nb\n' };
    expectAsSaid([said]);
    expect(() => expectAsSaid([{ ...said, ended: 1 }])).to.throw();
    expect(() => expectAsSaid([{ ...said, printed: 'b\na 1\n' }])).to.throw();
    expect(() => expectAsSaid([])).to.throw();
  });
});
