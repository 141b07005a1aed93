import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunReport } from '../../src/index.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';

const SECRET = 'Hunter2-Secret';
const OUT_OF_REACH = `postgresql://u:${SECRET}@127.0.0.1:1/db`;
/** From the end of a file of v3 trades: where the last record's ts_recv stands. */
const LAST_TS_RECV = 16;

const reportOf = ({ stdout }: CliResult): RunReport => JSON.parse(stdout) as RunReport;

describe('the commands on an embedded database', () => {
  let sandbox: CliSandbox;

  const run = (...args: string[]): Promise<CliResult> => sandbox.run(args);
  /** Runs what must succeed. */
  const ok = async (...args: string[]): Promise<CliResult> => {
    const result = await run(...args);
    expect(result.code, result.stderr).to.equal(0);
    return result;
  };
  const sample = (file: string, ...flags: string[]): Promise<CliResult> =>
    ok(
      'sample',
      '--schema',
      'trades',
      '--output',
      file,
      ...(flags.includes('--records') ? [] : ['--records', '500']),
      ...flags,
    );

  /** A file whose last record has no index timestamp. */
  const spoilt = async (file: string, start: string): Promise<void> => {
    await sample(file, '--seed', '19', '--start', start, '--dbn-version', '3');
    const bytes = await readFile(join(sandbox.cwd, file));
    bytes.fill(0xff, bytes.length - LAST_TS_RECV, bytes.length - LAST_TS_RECV + 8);
    await writeFile(join(sandbox.cwd, file), bytes);
  };

  before(async function () {
    this.timeout(120_000);
    sandbox = await CliSandbox.create();
    await ok('db', 'start');
    await sample('once.dbn.zst', '--seed', '11');
    await sample('cut.dbn', '--seed', '18', '--start', '2024-05-07');
    const { length } = await readFile(join(sandbox.cwd, 'cut.dbn'));
    await truncate(join(sandbox.cwd, 'cut.dbn'), length - 5);
  });
  after(async function () {
    this.timeout(120_000);
    await run('db', 'stop');
    await sandbox.remove();
  });

  describe('ingest', () => {
    it('loads a file once, and says so the second time', async () => {
      const first = await ok('ingest', 'once.dbn.zst', '--json');
      expect(reportOf(first)).to.deep.include({ status: 'complete' });
      expect(reportOf(first).records).to.include({ decoded: 500, loaded: 500, already_loaded: 0 });
      const second = reportOf(await ok('ingest', 'once.dbn.zst', '--json'));
      expect(second.records).to.include({ decoded: 500, loaded: 0, already_loaded: 500 });
      expect(second.chunks).to.deep.equal({ planned: 1, loaded: 0, already_loaded: 1, failed: 0 });
    });

    it('keeps stdout empty without --json, and shows the account on stderr', async () => {
      await sample('account.dbn', '--seed', '12', '--start', '2024-05-01');
      const { stdout, stderr } = await ok('ingest', 'account.dbn');
      expect(stdout).to.equal('');
      expect(stderr)
        .to.match(/processed +500 /)
        .and.to.match(/stored +500\n/);
    });

    it('says nothing with --quiet when all goes well', async () => {
      const { stdout, stderr } = await ok('ingest', 'account.dbn', '--quiet');
      expect(stdout + stderr).to.equal('');
    });

    it('writes one JSON object a line with --progress json', async () => {
      const { stderr } = await ok('ingest', 'account.dbn', '--progress', 'json');
      const lines = stderr.trim().split('\n');
      expect(lines.length).to.be.greaterThan(1);
      for (const line of lines) expect(JSON.parse(line)).to.have.property('message_type');
    });

    it('writes nothing else with --progress json, whoever prints, and whatever is wrong', async () => {
      await writeFile(join(sandbox.cwd, 'noisy.cjs'), 'console.log("noise"); process.emitWarning("mind the gap");');
      const env = { TICKLOOM_PLUGINS: './noisy.cjs' };
      for (const [args, code] of [
        [['ingest', 'once.dbn.zst'], 2],
        [['ingest', 'once.dbn.zst', '--nosuch'], 2],
        [['ingest', 'once.dbn.zst', '--concurrency', 'x'], 2],
      ] as const) {
        const result = await sandbox.run([...args, '--progress', 'json'], { env });
        const told = result.stderr
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { message_type: string });
        expect(told.map(({ message_type }) => message_type))
          .to.include('error')
          .and.not.include(undefined);
        expect(result.code).to.equal(code);
      }
    });

    it('leaves the stdin of a loop alone', async () => {
      await sample('loop-1.dbn', '--seed', '13', '--start', '2024-05-02');
      await sample('loop-2.dbn', '--seed', '14', '--start', '2024-05-03');
      const { stdout } = await sandbox.shell(
        'while read -r file; do tickloom ingest --quiet --index brin --concurrency 1 --on-error stop "$file" && echo "done $file"; done',
        { stdin: 'loop-1.dbn\nloop-2.dbn\n' },
      );
      expect(stdout).to.equal('done loop-1.dbn\ndone loop-2.dbn\n');
    });

    it('reads stdin for -', async () => {
      await sample('piped.dbn', '--seed', '15', '--start', '2024-05-04');
      const { code, stdout } = await sandbox.run(['ingest', '-', '--json'], {
        stdin: await readFile(join(sandbox.cwd, 'piped.dbn')),
      });
      expect(code).to.equal(0);
      expect(reportOf({ code, stdout, stderr: '' }).records.loaded).to.equal(500);
    });

    it('loads nothing with --dry-run', async () => {
      await sample('dry.dbn', '--seed', '16', '--start', '2024-05-05');
      const report = reportOf(await ok('ingest', 'dry.dbn', '--dry-run', '--json'));
      expect(report.chunks).to.include({ planned: 1, loaded: 0 });
      const { code, stdout, stderr } = await run('ingest', 'dry.dbn', '-', '--dry-run');
      expect(stdout).to.match(/^state +dataset +schema +start +end +bytes +source\n/);
      expect(stdout).to.match(/^new +GLBX\.MDP3 +trades +2024-05-05 +2024-05-06 +\d+ +dry\.dbn$/m);
      expect(stdout).to.match(/^unknown +stdin$/m);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: 'a dry run: nothing was loaded\n' });
      expect(reportOf(await ok('ingest', 'dry.dbn', '--json')).records.loaded).to.equal(500);
    });

    it('takes its settings from a config file and the environment', async () => {
      await sample('configured.dbn', '--seed', '17', '--start', '2024-05-06');
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), 'ingest:\n  progress: nosuch\n');
      const refused = await run('ingest', 'configured.dbn');
      const loaded = await sandbox.run(['ingest', 'configured.dbn', '--progress', 'none'], {
        env: { TICKLOOM_DB_SCHEMA: 'other' },
      });
      await writeFile(join(sandbox.cwd, 'tickloom.config.yaml'), '');
      expect(refused.stderr).to.match(/^unknown progress reporter "nosuch"; known: auto, /);
      expect(refused.code).to.equal(2);
      expect(loaded).to.deep.equal({ code: 0, stdout: '', stderr: '' });
      const { stdout } = await ok('query', 'select count(*) from other.trades', '--format', 'csv');
      expect(stdout).to.equal('count\n500\n');
    });

    it('writes down the command as it was typed', async () => {
      await writeFile(join(sandbox.cwd, 'with space.dbn'), await readFile(join(sandbox.cwd, 'once.dbn.zst')));
      await ok('ingest', 'with space.dbn', '--quiet');
      const { stdout } = await ok('runs', 'list', '--limit', '1', '--json');
      expect(stdout).to.contain(`"ingest 'with space.dbn' --quiet"`);
    });

    it('ends with 3 and a full report when a file is cut short', async () => {
      await run('ingest', 'once.dbn.zst');
      const { code, stdout, stderr } = await run('ingest', 'cut.dbn', 'once.dbn.zst', '--json', '--quiet');
      const report = reportOf({ code, stdout, stderr });
      expect(code).to.equal(3);
      expect(report.status).to.equal('incomplete');
      expect(report.details.map(({ status }) => status)).to.deep.equal(['failed', 'already_loaded']);
      expect(report.details[0]?.error).to.include({ code: 'DECODE_TRUNCATED' });
      expect((await run('ingest', 'cut.dbn')).code).to.equal(3);
      const quiet = await run('ingest', 'cut.dbn', '--quiet');
      expect(quiet.stderr).to.match(/^failed: "cut\.dbn": .*\nhint: Fetch the file again[^\n]*\nrun the same command/);
      expect(quiet.code).to.equal(3);
    });

    it('ends with 3 when records were quarantined, and the quarantine shows them', async () => {
      await spoilt('bad.dbn', '2024-05-08');
      const { code, stdout } = await run('ingest', 'bad.dbn', '--json');
      expect(reportOf({ code, stdout, stderr: '' }).records).to.include({ loaded: 499, quarantined: 1 });
      expect(code).to.equal(3);

      const list = JSON.parse((await ok('quarantine', 'list', '--json')).stdout) as { id: number; ordinal: number }[];
      expect(list).to.have.length(1);
      expect(list[0]).to.include({ ordinal: 499, state: 'open', schema: 'trades' });
      expect((await ok('quarantine', 'list')).stdout).to.contain('ts_recv');
      const shown = await ok('quarantine', 'show', String(list[0]?.id), '--json');
      expect(JSON.parse(shown.stdout)).to.have.property('bytes_hex').that.contains('ffffffffffffffff');
      expect((await ok('quarantine', 'show', String(list[0]?.id))).stdout).to.contain('reason 1');
    });

    it('says so also to who wants to see errors only, or no progress', async () => {
      const reason = 'tickloom quarantine list shows why 1 record was kept aside';
      for (const [day, ...args] of [
        ['2024-06-10', '--quiet'],
        ['2024-06-11', '--progress', 'none'],
        ['2024-06-12', '--quiet', '--progress', 'json'],
      ] as const) {
        await spoilt('quiet.dbn', day);
        const { code, stdout, stderr } = await run('ingest', 'quiet.dbn', ...args);
        expect({ code, stdout }, args.join(' ')).to.deep.equal({ code: 3, stdout: '' });
        if (args.length < 3) expect(stderr).to.equal(`${reason}\n`);
        else expect(JSON.parse(stderr)).to.include({ message_type: 'note', level: 'error', text: reason });
      }
    });

    for (const [title, args, code] of [
      ['a path that is not there', ['nosuch.dbn'], 'PATH_NOT_FOUND'],
      ['no path at all', [], 'NO_INPUT'],
      ['a reporter that is not there', ['once.dbn.zst', '--progress', 'nosuch'], 'REPORTER_UNKNOWN'],
      ['a URL that is none', ['once.dbn.zst', '--database', 'mysql://h/db'], 'DATABASE_URL_INVALID'],
      [
        'a fragment whose schema is not known',
        ['once.dbn.zst', '--dataset', 'X', '--schema', 'nosuch', '--dbn-version', '3'],
        'SCHEMA_UNKNOWN',
      ],
    ] as const) {
      it(`ends with 2 and starts nothing for ${title}`, async () => {
        const plain = await run('ingest', ...args);
        expect(plain.code, plain.stderr).to.equal(2);
        expect(plain.stderr).to.match(/^[^\n]+\nhint: [^\n]+\n$/);
        const json = await run('ingest', ...args, '--json');
        expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', code);
        expect(json.code).to.equal(2);
      });
    }

    it('ends with 5 when the database is out of reach, with a full report and without the password', async () => {
      const plain = await run('ingest', 'once.dbn.zst', '--database', OUT_OF_REACH, '--verbose');
      expect(plain.code, plain.stderr).to.equal(5);
      const json = await run('ingest', 'once.dbn.zst', '--database', OUT_OF_REACH, '--json');
      expect(json.code).to.equal(5);
      const report = reportOf(json);
      expect(report).to.include({ status: 'failed' }).and.to.have.property('records');
      expect(report.details[0]?.error).to.include({ code: 'DATABASE_UNREACHABLE' });
      const env = await sandbox.run(['ingest', 'once.dbn.zst'], { env: { DATABASE_URL: OUT_OF_REACH, DEBUG: '*' } });
      expect(env.code).to.equal(5);
      for (const { stdout, stderr } of [plain, json, env]) expect(stdout + stderr).not.to.contain(SECRET);
    });
  });

  describe('query', () => {
    const rows = `select 1::int as one, 12345678901234567::bigint as big, 1.50::numeric as exact, true as yes,
      null as nothing, '' as empty, E'a,"b"\\nc' as text, '{"k": [1]}'::jsonb as doc, 'NaN'::float8 as nan`;

    it('prints a table', async () => {
      const { stdout } = await ok('query', 'select 1 as one, $$x$$ as letter');
      expect(stdout).to.match(/^one {2}letter\n\S+ {2}\S+\n {2}1 {2}x\n$/);
    });

    it('prints csv that tells NULL from empty text', async () => {
      const { stdout } = await ok('query', '--format', 'csv', rows);
      expect(stdout).to.equal(
        'one,big,exact,yes,nothing,empty,text,doc,nan\n1,12345678901234567,1.50,t,,"","a,""b""\nc","{""k"": [1]}",NaN\n',
      );
    });

    it('prints json lines with exact numbers', async () => {
      const { stdout } = await ok('query', '--format', 'jsonl', rows);
      expect(stdout).to.equal(
        '{"one":1,"big":12345678901234567,"exact":"1.50","yes":true,"nothing":null,"empty":"","text":"a,\\"b\\"\\nc","doc":{"k": [1]},"nan":"NaN"}\n',
      );
    });

    it('prints one document with --json, also without rows', async () => {
      const some = JSON.parse((await ok('query', 'select 1 as a, 2 as a', '--json')).stdout) as object;
      expect(some).to.deep.include({ rows: [{ a: 1, a_2: 2 }] });
      const none = JSON.parse((await ok('query', 'select 1 as a where false', '--json')).stdout) as object;
      expect(none).to.deep.equal({ columns: [{ name: 'a', type: 'integer' }], rows: [] });
    });

    it('takes a query that begins with a comment', async () => {
      for (const comment of ['-- two\n', '--two\n', '--\n'])
        expect((await ok('query', `${comment}select 2 as two`, '--format', 'csv')).stdout).to.equal('two\n2\n');
      expect((await run('query', '--nosuch=1\n', 'select 1')).stderr).to.contain('unknown flag "--nosuch"');
    });

    it('refuses to write, as usage', async () => {
      const { code, stderr } = await run('query', 'create table t ()');
      expect(code).to.equal(2);
      expect(stderr).to.match(/^[^\n]+\nhint: [^\n]+\n$/);
    });

    it('ends its one document with the error of a query that fails in the middle', async () => {
      const sql = 'select 1 / (3000 - n) as x from generate_series(1, 3000) as n';
      const { code, stdout } = await run('query', sql, '--json');
      const document = JSON.parse(stdout) as { rows: unknown[]; error: { code: string; message: string } };
      expect(document.rows.length).to.be.greaterThan(0);
      expect(document.error.code).to.equal('QUERY_REJECTED');
      expect(code).to.equal(2);
    });

    it('ends silently when the reader has seen enough, and lets go of the database', async () => {
      const { stdout, stderr } = await sandbox.shell(
        'tickloom query --format csv "select * from generate_series(1, 1000000) as n" | head -2; echo "${PIPESTATUS[0]}"',
      );
      expect({ stdout, stderr }).to.deep.equal({ stdout: 'n\n1\n0\n', stderr: '' });
      const stillAtIt =
        "select count(*) from pg_stat_activity where query like '%series(1, 10%' and pid <> pg_backend_pid()";
      // the server notices the end of a connection when it comes to it
      for (let left = ''; left !== 'count\n0\n';) ({ stdout: left } = await ok('query', '--format', 'csv', stillAtIt));
    });
  });

  describe('decode', () => {
    it('prints csv, json lines and one document', async () => {
      const csv = (await ok('decode', 'once.dbn.zst', '--limit', '2')).stdout;
      expect(csv.split('\n')).to.have.length(4);
      expect(csv).to.match(/^ts_recv,/);
      const lines = (await ok('decode', '--limit', '2', '--format', 'jsonl', 'once.dbn.zst')).stdout.trim().split('\n');
      const { stdout } = await ok('decode', 'once.dbn.zst', '--limit', '2', '--json');
      expect(JSON.parse(stdout)).to.deep.equal({ records: lines.map((line) => JSON.parse(line) as unknown) });
    });

    it('prints all records, in several blocks, as one document', async () => {
      const { stdout } = await ok('decode', 'once.dbn.zst', '--json');
      expect((JSON.parse(stdout) as { records: unknown[] }).records).to.have.length(500);
    });

    it('adds symbols, decimals and times for people', async () => {
      const { stdout } = await ok(
        'decode',
        'once.dbn.zst',
        '--limit',
        '1',
        '--pretty-px',
        '--pretty-ts',
        '--map-symbols',
      );
      expect(stdout).to.match(/,symbol\n\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z,/);
    });

    it('prints the header, the same with and without --json', async () => {
      const plain = (await ok('decode', 'once.dbn.zst', '--metadata')).stdout;
      expect(JSON.parse(plain)).to.include({ version: 3, schema: 'trades' });
      expect((await ok('decode', 'once.dbn.zst', '--metadata', '--json')).stdout).to.equal(plain);
    });

    it('reads stdin for -', async () => {
      const stdin = await readFile(join(sandbox.cwd, 'once.dbn.zst'));
      const { code, stdout } = await sandbox.run(['decode', '-', '--limit', '1'], { stdin });
      expect(stdout).to.match(/^ts_recv,/);
      expect(code).to.equal(0);
    });

    it('ends its one document with the error of a file that is cut short, and with 3', async () => {
      const { code, stdout, stderr } = await run('decode', 'cut.dbn', '--json');
      const { records, error } = JSON.parse(stdout) as { records: unknown[]; error: { code: string } };
      expect(records).to.have.length(499);
      expect(error.code).to.equal('DECODE_TRUNCATED');
      expect({ code, stderr }).to.deep.equal({ code: 3, stderr: '' });
    });

    it('prints what could be read of a file that is cut short, and says where it ends', async () => {
      const { code, stdout, stderr } = await run('decode', 'cut.dbn');
      expect(stdout.trim().split('\n')).to.have.length(500);
      expect(stderr).to.match(/^"cut\.dbn": record 499 at byte [^\n]*\nhint: /);
      expect(code).to.equal(3);
    });

    it('ends silently when the reader has seen enough', async () => {
      await sample('long.dbn.zst', '--records', '200000');
      const { stdout, stderr } = await sandbox.shell('tickloom decode long.dbn.zst | head -1; echo "${PIPESTATUS[0]}"');
      expect({ stdout: stdout.replace(/^ts_recv.*/, 'ts_recv'), stderr }).to.deep.equal({
        stdout: 'ts_recv\n0\n',
        stderr: '',
      });
    });
  });

  describe('the listings', () => {
    before(() => ok('ingest', 'once.dbn.zst', '--quiet'));

    const listings: [args: string[], shows: RegExp][] = [
      [['runs', 'list'], /run +status +started/],
      [['runs', 'show', 'latest'], /chunks planned/],
      [['coverage'], /dataset +schema +asked by +symbol/],
      [['coverage', '--symbols', 'ES.c.0,NQ.c.0', '--schema', 'trades'], /ES\.c\.0/],
      [['schemas', 'list'], /ohlcv-1m/],
      [['schemas', 'show', 'trades'], /ts_recv +timestamp +timestamptz \+ smallint/],
      [['db', 'status'], /server version +18[^]*\nbars +none\n[^]*\ntrades +\d[^]*\n\d+ empty tables +0 /],
      [['db', 'migrate'], /up to date/],
      [['doctor'], /config files +ok/],
    ];
    for (const [args, shows] of listings) {
      it(`show a table for ${args.join(' ')}, and one document with --json`, async () => {
        const { stdout, stderr } = await ok(...args);
        expect(stdout).to.match(shows);
        expect(stderr).to.equal('');
        const json = await ok(...args, '--json');
        expect(JSON.parse(json.stdout)).to.be.an(json.stdout.startsWith('[') ? 'array' : 'object');
        expect(json.stderr).to.equal('');
      });
    }

    it('find a run by the beginning of its id', async () => {
      const [{ run_id: id }] = JSON.parse((await ok('runs', 'list', '--json', '--limit', '1')).stdout) as [
        { run_id: string },
      ];
      const { stdout } = await ok('runs', 'show', id.slice(0, 13), '--json');
      expect(JSON.parse(stdout)).to.have.property('run_id', id);
      expect((await ok('runs', 'show', id.toUpperCase(), '--json')).stdout).to.equal(stdout);
    });

    it('say so when there is nothing to list', async () => {
      expect((await ok('coverage', '--dataset', 'NO.SUCH')).stdout).to.equal('nothing of that is covered\n');
      expect((await ok('quarantine', 'list', '--state', 'dropped')).stdout).to.equal(
        'nothing of that is in quarantine\n',
      );
    });

    for (const args of [
      ['runs', 'show', 'ffffffff'],
      ['runs', 'show', 'latest', '--db-schema', 'empty'],
      ['quarantine', 'show', '999999'],
      ['schemas', 'show', 'nosuch'],
    ]) {
      it(`end with 2 for ${args.join(' ')}`, async () => {
        const { code, stderr } = await run(...args);
        expect(stderr).to.match(/^[^\n]+\nhint: [^\n]+\n$/);
        expect(code).to.equal(2);
      });
    }

    it('print a URL that psql can use', async () => {
      const { stdout } = await ok('db', 'url');
      expect(stdout).to.match(/^postgres(ql)?:\/\/\S+\n$/);
    });

    it('make doctor end with the code of what has failed', async () => {
      const { code, stdout } = await run('doctor', '--database', OUT_OF_REACH, '--json');
      const checks = JSON.parse(stdout) as { name: string; status: string }[];
      expect(checks.find(({ name }) => name === 'database')).to.include({ status: 'failed' });
      expect(stdout).not.to.contain(SECRET);
      expect(code).to.equal(5);
    });
  });
});
