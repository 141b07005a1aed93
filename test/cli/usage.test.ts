import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliSandbox, type CliResult } from '../support/run-cli.js';

const SECRET = 'Hunter2-Secret';
const URL_WITH_SECRET = `postgresql://u:${SECRET}@127.0.0.1:1/db`;

interface ErrorDocument {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly hint: string | null;
    readonly context: object;
  };
}

describe('usage errors', () => {
  let sandbox: CliSandbox;
  before(async () => {
    sandbox = await CliSandbox.create();
  });
  after(() => sandbox.remove());

  it('are JSON lines for who asked for those, wherever that was said', async () => {
    const told = async (args: string[], env: Record<string, string> = {}): Promise<unknown> => {
      const { code, stdout, stderr } = await sandbox.run(args, { env });
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      return stderr.startsWith('{') ? (JSON.parse(stderr) as { message_type: string }).message_type : 'text';
    };
    const byVariable = { TICKLOOM_PROGRESS: 'json' };
    expect(await told(['ingest', '--nosuch'], byVariable)).to.equal('error');
    expect(await told(['ingset'], byVariable)).to.equal('error');
    expect(await told(['ingest', '--nosuch', '--progress', 'plain'], byVariable)).to.equal('text');
    // this one has no progress
    expect(await told(['query'], byVariable)).to.equal('text');
    const file = join(sandbox.cwd, 'tickloom.config.yaml');
    await writeFile(file, 'ingest:\n  progress: json\n');
    expect(await told(['ingest', '--nosuch'])).to.equal('error');
    expect(await told(['verify', '--nosuch'])).to.equal('text');
    await rm(file);
  });

  const cases: [title: string, args: string[], message: string, hint?: string][] = [
    ['an unknown command', ['nosuch'], 'unknown command "nosuch"', 'tickloom help'],
    ['a mistyped command', ['ingset', 'a.dbn'], 'unknown command "ingset a.dbn"', 'Did you mean "tickloom ingest"?'],
    ['a mistyped word below a topic', ['runs', 'lst'], 'unknown command "runs lst"', '"tickloom runs list"'],
    ['a flag where a command belongs', ['--quiet', 'ingest'], '"--quiet" stands where a command is expected', 'first'],
    ['an unknown flag', ['ingest', '--quit'], 'unknown flag "--quit" for "tickloom ingest"', 'Write --quiet.'],
    ['an unknown short flag', ['ingest', '-q'], 'unknown flag "-q" for "tickloom ingest"'],
    ['a flag without its value', ['ingest', '--concurrency'], '--concurrency has no value'],
    ['a flag with a flag for its value', ['ingest', '--dataset', '--quiet'], '--dataset has no value'],
    ['a flag given twice', ['ingest', '--schema', 'a', '--schema', 'b'], '--schema is given twice', 'Give it once'],
    ['a missing argument', ['query'], '"tickloom query" needs SQL', 'tickloom query SQL'],
    ['an argument too many', ['query', 'select 1', 'more'], 'unexpected argument "more" after "tickloom query"'],
    [
      'an argument too many behind two words',
      ['runs', 'list', 'more'],
      'unexpected argument "more" after "tickloom runs list"',
      'Remove it.',
    ],
    [
      'a selection from a file',
      ['ingest', '--limit', '3', 'a.dbn'],
      '--limit is for a request to an API, and "a.dbn" is loaded whole',
      'Leave out --limit.',
    ],
    [
      'a selection from a batch job',
      ['plan', '--batch', 'XNAS-20240110-ABC', '--start-date', '2024-01-09'],
      '--start is for a request to an API, and batch job XNAS-20240110-ABC is loaded whole',
    ],
    [
      'a request without an API',
      ['ingest', '--dataset', 'GLBX.MDP3', '--schema', 'trades', '--symbols', 'ES.c.0', '--start', '2024-01-08'],
      '--symbols is for a request to an API, and neither an API nor a file is named',
      'Add --api databento',
    ],
    ['a word that is not on offer', ['ingest', '--index', 'hash'], '--index is "hash", expected brin, btree or none'],
    ['an option without a value', ['ingest', '--index'], '--index has no value'],
    [
      'text for a number',
      ['ingest', '--concurrency', 'x'],
      '--concurrency is "x", expected a whole number from 1 to 64',
    ],
    ['a negative number', ['decode', 'x', '--limit', '-5'], '--limit is "-5", expected a whole number, 1 or more'],
    ['an empty list', ['export', '--symbols', ''], '--symbols is "", expected one or more values, separated by commas'],
    ['a flag that is needed', ['sample', '--output', 'x'], '--schema is missing', 'Add --schema'],
    ['an id that is no number', ['quarantine', 'show', 'x'], 'ID is "x", expected a whole number, 1 or more'],
  ];
  for (const [title, args, message, hint] of cases) {
    it(`say what is wrong with ${title}, in a line and a hint`, async () => {
      const { code, stdout, stderr } = await sandbox.run(args);
      expect(stderr.split('\n').slice(0, -1)).to.have.length(2);
      expect(stderr).to.match(/^(?!error)[^\n]+\nhint: [^\n]+\n$/i);
      expect(stderr.split('\n')[0]).to.equal(message);
      if (hint !== undefined) expect(stderr).to.contain(hint);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
    });

    it(`say what is wrong with ${title}, as one JSON document`, async () => {
      const { code, stdout, stderr } = await sandbox.run([...args, '--json']);
      const { error } = JSON.parse(stdout) as ErrorDocument;
      expect(Object.keys(error)).to.deep.equal(['code', 'message', 'hint', 'context']);
      expect(error).to.include({ code: 'USAGE' });
      // "--json" itself may be what follows a flag without its value
      expect(error.message).to.equal(message);
      expect({ code, stderr }).to.deep.equal({ code: 2, stderr: '' });
    });
  }

  it('keep --json apart from what stands after --', async () => {
    const { code, stdout } = await sandbox.run(['query', 'select 1', '--', '--json', 'x']);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
  });

  it('come as JSON where the environment asks for it', async () => {
    const { stdout } = await sandbox.run(['nosuch'], { env: { TICKLOOM_JSON: '1' } });
    expect((JSON.parse(stdout) as ErrorDocument).error.code).to.equal('USAGE');
  });

  describe('with a password among the arguments', () => {
    const leaks: [title: string, args: string[]][] = [
      ['after an unknown flag', ['ingest', '--databse', URL_WITH_SECRET]],
      ['glued to an unknown flag', ['ingest', `--databse=${URL_WITH_SECRET}`]],
      ['as an unknown command', [URL_WITH_SECRET]],
      ['as a word after a topic', ['runs', URL_WITH_SECRET]],
      ['as a word after a command without arguments', ['coverage', URL_WITH_SECRET]],
      ['as an argument too many', ['query', 'select 1', URL_WITH_SECRET]],
      ['as a word that is not on offer', ['ingest', '--index', URL_WITH_SECRET]],
      ['as a number', ['ingest', '--concurrency', URL_WITH_SECRET]],
      ['as an id', ['quarantine', 'show', URL_WITH_SECRET]],
      ['twice', ['ingest', '--database', URL_WITH_SECRET, '--database', URL_WITH_SECRET]],
      ['beside another mistake', ['ingest', '--database', URL_WITH_SECRET, '--nosuch']],
      ['where a command belongs', [`--database=${URL_WITH_SECRET}`, 'ingest']],
      ['given to a command of oclif', ['version', `--database=${URL_WITH_SECRET}`]],
      ['given to help', ['help', URL_WITH_SECRET]],
      ['with a slash that is not encoded', ['ingest', '--databse', `postgresql://u:a/${SECRET}@h/db`]],
      ['with a space', ['ingest', '--index', `postgresql://u:a ${SECRET}@h/db`]],
    ];
    for (const [title, args] of leaks) {
      it(`do not repeat it ${title}`, async () => {
        for (const more of [['--verbose'], ['--verbose', '--json']]) {
          const { code, stdout, stderr } = await sandbox.run([...args, ...more], { env: { DEBUG: '*' } });
          expect(stdout + stderr, `${more.join(' ')}`).not.to.contain(SECRET);
          expect(code, more.join(' ')).to.equal(2);
        }
      });
    }
  });

  it('come with a stack only where --verbose asks for it', async () => {
    const { stderr } = await sandbox.run(['ingest', '--index', 'hash', '--verbose']);
    expect(stderr).to.match(/^--index is "hash".*\nhint: .*\n.*\n {4}at /);
  });

  it('say that the working directory has been removed', async () => {
    const { code, stderr } = await sandbox.shell('mkdir gone; cd gone; rmdir ../gone; tickloom schemas list');
    expect(stderr).to.match(
      /\ncannot start from the working directory: it has been removed\nhint: Change into a folder that is there, .*\n$/,
    );
    expect(code).to.equal(2);
  });

  it('name the file of a setting that is not known', async () => {
    const file = join(sandbox.cwd, 'tickloom.config.yaml');
    await writeFile(file, 'concurency: 3\n');
    const { code, stderr } = await sandbox.run(['ingest', 'x']);
    await writeFile(file, '');
    expect(stderr).to.equal(
      `unknown setting "concurency" in config file "${file}"\nhint: Write "concurrency", or remove it.\n`,
    );
    expect(code).to.equal(2);
  });

  it('come as JSON where a config file asks for it, whatever is wrong', async () => {
    const file = join(sandbox.cwd, 'tickloom.config.yaml');
    for (const [args, config] of [
      [['nosuch'], 'json: true'],
      [['decode'], 'decode: { json: true }'],
      [['decode', 'x', '--nosuch'], 'json: true\nconcurency: 3'],
    ] as const) {
      await writeFile(file, config);
      const { code, stdout, stderr } = await sandbox.run(args);
      expect((JSON.parse(stdout) as ErrorDocument).error.code, config).to.equal('USAGE');
      expect({ code, stderr }).to.deep.equal({ code: 2, stderr: '' });
      const off = await sandbox.run(args, { env: { TICKLOOM_JSON: 'false' } });
      expect(off.stdout).to.equal('');
    }
    await writeFile(file, '');
  });

  it('name a package.json that cannot be read, and leave the files of others alone', async () => {
    const run = (): Promise<CliResult> => sandbox.run(['schemas', 'list']);
    await mkdir(join(sandbox.cwd, '.config'));
    await writeFile(join(sandbox.cwd, '.config/config.json'), '{ "cosmiconfig": { "searchPlaces": ["../up.yaml"] } }');
    await writeFile(join(sandbox.root, 'up.yaml'), 'nosuch: 1');
    expect((await run()).code).to.equal(0);
    await writeFile(join(sandbox.cwd, '.config/config.json'), '{');
    expect((await run()).code).to.equal(0);
    const file = join(sandbox.cwd, 'package.json');
    await writeFile(file, '{ "name": "x"');
    const { code, stderr } = await run();
    expect(stderr).to.equal(
      `config file "${file}" cannot be read: it is not JSON\nhint: Mend or remove package.json.\n`,
    );
    expect(code).to.equal(2);
    await rm(file);
  });
});
