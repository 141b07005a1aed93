import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { CliSandbox, BIN } from '../support/run-cli.js';
import { skipBecause, skipWithoutTerminal } from '../support/skip-because.js';

describe('standard streams', () => {
  let sandbox: CliSandbox;
  beforeEach(async () => {
    sandbox = await CliSandbox.create();
  });
  afterEach(() => sandbox.remove());

  it('keep what a config script prints away from stdout', async () => {
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'console.log("noise"); process.stdout.write("more noise\\n"); require("fs").writeSync(1, "noise by number\\n"); module.exports = { nosuch: 1 };',
    );
    const { code, stdout, stderr } = await sandbox.run(['schemas', 'list', '--json']);
    expect(JSON.parse(stdout)).to.have.nested.property('error.code', 'CONFIG_INVALID');
    expect(stderr).to.equal('noise\nmore noise\nnoise by number\n');
    expect(code).to.equal(2);
  });

  it('mask passwords in what others print', async () => {
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'console.error("connecting to postgresql://u:Hunter2@h/db"); module.exports = { nosuch: 1 };',
    );
    const { stderr } = await sandbox.run(['schemas', 'list']);
    expect(stderr).to.contain('postgresql://u:***@h/db').and.not.to.contain('Hunter2');
  });

  it('carry a warning that others raise to stderr, as one line', async () => {
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'process.emitWarning("mind the gap"); module.exports = { nosuch: 1 };',
    );
    const { stderr } = await sandbox.run(['schemas', 'list']);
    expect(stderr).to.match(/^warning: mind the gap$/m);
  });

  it('report an error that nobody caught, once, and end with 1', async () => {
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'for (const n of [1, 2]) process.nextTick(() => { throw new Error("boom " + n); }); module.exports = {};',
    );
    const plain = await sandbox.run(['schemas', 'list']);
    expect(plain.stderr).to.match(/^unexpected error: boom 1\nhint: [^\n]+\n$/);
    expect(plain.code).to.equal(1);
    const json = await sandbox.run(['schemas', 'list', '--json']);
    expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'INTERNAL');
    expect(json.code).to.equal(1);
  });

  for (const [what, script, says] of [
    ['ends the process', 'process.exit(0)', 'was ended by other code, with exit code 0'],
    ['waits for ever', 'export default await new Promise(() => {})', 'waited for something that never comes'],
  ] as const) {
    it(`say so when other code ${what}, and end with 1`, async () => {
      await writeFile(join(sandbox.cwd, 'tickloom.config.js'), script);
      await writeFile(join(sandbox.cwd, 'package.json'), '{ "type": "module" }');
      const plain = await sandbox.run(['schemas', 'list']);
      expect(plain.stderr).to.match(new RegExp(`^the command ${says}\nhint: [^\n]+\n$`));
      const json = await sandbox.run(['schemas', 'list', '--json']);
      expect(JSON.parse(json.stdout)).to.have.nested.property('error.code', 'INTERNAL');
      expect([plain.code, json.code]).to.deep.equal([1, 1]);
    });
  }

  it('close a list with the error that nobody caught', async () => {
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'const poll = () => { if (process.stdout.bytesWritten > 0) throw new Error("boom"); setImmediate(poll); }; poll(); module.exports = {};',
    );
    await sandbox.run(['sample', '--schema', 'trades', '--output', 'x.dbn']);
    const { code, stdout } = await sandbox.run(['decode', '-', '--json'], {
      // all records and no end, so that nothing but the error can end the command
      onStart: ({ stdin }) => stdin?.write(readFileSync(join(sandbox.cwd, 'x.dbn'))),
      keepStdinOpen: true,
    });
    const document = JSON.parse(stdout) as { records: unknown[] };
    expect(document).to.have.nested.property('error.code', 'INTERNAL');
    expect(document.records).not.to.be.empty;
    expect(code).to.equal(1);
  });

  it('carry help and the output of oclif’s own commands on stdout', async () => {
    for (const args of [['help'], ['--help'], [], ['version'], ['--version'], ['plugins'], ['ingest', '--help']]) {
      const { code, stdout, stderr } = await sandbox.run(args);
      expect(stdout, args.join(' ')).not.to.equal('');
      expect({ code, stderr }, args.join(' ')).to.deep.equal({ code: 0, stderr: '' });
    }
  });

  it('print the version without anything else', async () => {
    const { stdout } = await sandbox.run(['--version']);
    expect(stdout).to.match(/^tickloom\/\d+\.\d+\.\d+ \S+ node-v\d+\.\d+\.\d+\n$/);
  });

  it('carry what is wrong with the call of a command of oclif, and end with 2', async () => {
    const { code, stdout } = await sandbox.run(['plugins', 'inspect', 'nosuch', '--json']);
    expect(JSON.parse(stdout)).to.have.nested.property(
      'error.message',
      '"tickloom plugins inspect" failed: nosuch not installed',
    );
    expect(code).to.equal(2);
  });

  it('carry help as text with --json, too', async () => {
    expect((await sandbox.run(['help', 'decode', '--json'])).stdout).to.match(/^Print the records/);
    const { code, stdout } = await sandbox.run(['runs', '--help', '--json']);
    expect(stdout).to.contain('USAGE');
    expect(code).to.equal(0);
  });

  it('carry a document that lists commands where --json meets no command or a topic', async () => {
    for (const args of [['--json'], ['runs', '--json']]) {
      const { code, stdout } = await sandbox.run(args);
      const { commands } = JSON.parse(stdout) as { commands: { command: string }[] };
      expect(commands.map(({ command }) => command)).to.include('runs list');
      expect(code).to.equal(0);
    }
  });

  it('say nothing when the reader closes the pipe', async () => {
    const { code, stdout, stderr } = await sandbox.shell(
      'tickloom help | head -1 >/dev/null; echo "${PIPESTATUS[0]}"; tickloom --version | true; echo "${PIPESTATUS[0]}"',
    );
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: '0\n0\n', stderr: '' });
  });

  it('go on when the reader of stderr has gone', async () => {
    const { stdout } = await sandbox.shell('tickloom nosuch 2>&1 >/dev/null | true; echo "${PIPESTATUS[0]}"');
    expect(stdout).to.equal('2\n');
  });

  it('report output that cannot be written', async function () {
    if (!existsSync('/dev/full')) skipBecause(this, 'no /dev/full here');
    const { stdout, stderr } = await sandbox.shell('tickloom --version >/dev/full; echo $?');
    expect(stderr).to.match(/^output cannot be written: ENOSPC\nhint: /);
    expect(stdout).to.equal('2\n');
  });

  it('open help of every command with an example', async () => {
    for (const command of ['ingest', 'decode', 'query', 'db start', 'quarantine list']) {
      const { stdout } = await sandbox.run([...command.split(' '), '--help']);
      expect(stdout.split('\n\n')[1], command).to.match(/^EXAMPLES?\n/);
    }
    const { stdout } = await sandbox.run([]);
    expect(stdout.split('\n\n')[1]).to.match(/^EXAMPLE\n {2}\$ tickloom sample /);
  });

  it('say nothing of NO_COLOR beside FORCE_COLOR', async () => {
    const { stderr } = await sandbox.run(['decode', 'nosuch'], { env: { NO_COLOR: '1', FORCE_COLOR: '1' } });
    expect(stderr).to.equal('cannot read "nosuch": it does not exist\nhint: Check the path.\n');
  });

  it('colour nothing for NO_COLOR, for a dumb terminal and where there is none', async () => {
    const environments: Record<string, string>[] = [{ NO_COLOR: '1' }, { TERM: 'dumb' }, {}];
    for (const env of environments) {
      const { stdout } = await sandbox.run(['help'], { env });
      expect(stdout).not.to.contain('\x1b[');
    }
  });

  it('carry data also for an account that has neither a name nor a home', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'only root can be another account');
    const nobody = 54_321;
    const asNobody = ['--reuid', `${nobody}`, '--regid', `${nobody}`, '--clear-groups', 'env', '-u', 'HOME'];
    const command = [...asNobody, process.execPath, BIN, 'schemas', 'list'];
    const { code, stdout, stderr } = await sandbox.exec('setpriv', command, { cwd: '/' });
    if (/EACCES|Cannot find module/.test(stderr)) skipBecause(this, 'the checkout is closed to other accounts');
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain('ohlcv-1m');
  });

  it('follow one rule of colour, in help as in tables', async () => {
    for (const [env, colored] of [
      [{ FORCE_COLOR: '1' }, true],
      [{ FORCE_COLOR: '1', NO_COLOR: '1' }, true],
      [{ FORCE_COLOR: '0' }, false],
      [{ FORCE_COLOR: '' }, false],
    ] as const) {
      for (const args of [['help'], ['schemas', 'list']]) {
        const { stdout } = await sandbox.run(args, { env });
        expect(stdout.includes('\x1b['), `${JSON.stringify(env)} ${args.join(' ')}`).to.equal(colored);
      }
    }
  });

  it('hide the arguments from process listings', async function () {
    if (process.platform !== 'linux') skipBecause(this, 'what a process was called with is read from /proc');
    await mkdir(join(sandbox.cwd, 'x'));
    await writeFile(
      join(sandbox.cwd, 'tickloom.config.js'),
      'module.exports = { nosuch: console.error(require("fs").readFileSync("/proc/self/cmdline", "utf8")) };',
    );
    const { stderr } = await sandbox.run(['coverage', '--database', 'postgresql://u:Hunter2-Secret@h/db']);
    expect(stderr.split('\n')[0]?.replaceAll('\0', '')).to.equal('tickloom');
    await rm(join(sandbox.cwd, 'tickloom.config.js'));
  });

  describe('at a terminal', () => {
    /** Runs in a pseudo-terminal; what the program reads is `typed`. */
    const atTerminal = (command: string, typed: string, env: Record<string, string> = {}) =>
      sandbox.exec('script', ['-qec', `'${process.execPath}' '${BIN}' ${command}`, '/dev/null'], { stdin: typed, env });

    before(function () {
      skipWithoutTerminal(this);
    });

    it('ask whether a near command was meant, and take no for an answer', async () => {
      const { code, stdout } = await atTerminal('versio', 'n\n');
      expect(stdout).to.contain('Did you mean');
      expect(code).to.equal(2);
    });

    it('run the near command after yes', async () => {
      const { code, stdout } = await atTerminal('versio', 'y\n');
      expect(stdout).to.match(/tickloom\/\d/);
      expect(code).to.equal(0);
    });

    it('draw bars on a terminal that does not say how large it is, and put the lines of others above them', async () => {
      await writeFile(
        join(sandbox.cwd, 'noisy.mjs'),
        `setInterval(() => console.log('a line of a plugin'), 100).unref(); export default [];`,
      );
      await sandbox.run(['sample', '--schema', 'trades', '--records', '100000', '--output', 'x.dbn']);
      const { code, stdout } = await atTerminal('ingest x.dbn', '', {
        LANG: 'C.UTF-8',
        TERM: 'xterm',
        TICKLOOM_PLUGINS: './noisy.mjs',
      });
      expect(code, stdout).to.equal(0);
      expect(stdout)
        .to.match(/\d+ %.* of .* MiB/)
        .and.to.contain('a line of a plugin\r\n');
      // nothing but the reporter may move on the screen while the block is drawn
      expect(stdout).to.contain('processed').and.to.contain('100,000');
    });

    it('never carry DBN', async () => {
      for (const command of ['sample --schema trades --output -', 'export --schema trades --format dbn']) {
        const { code, stdout } = await atTerminal(command, '');
        expect(stdout).to.match(/^stdout is a terminal, which cannot show DBN\r\nhint: [^\n]+\r\n$/);
        expect(code).to.equal(2);
      }
    });

    it('never ask with --json', async () => {
      const { code, stdout } = await atTerminal('versio --json', '');
      expect(stdout).to.contain('"USAGE"').and.not.to.contain('Did you mean versio');
      expect(code).to.equal(2);
    });
  });
});
