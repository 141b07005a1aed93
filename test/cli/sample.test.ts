import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { CliSandbox } from '../support/run-cli.js';

const NOT_FOR_JSON = {
  error: {
    code: 'USAGE',
    message: 'stdout cannot hold DBN and a JSON document',
    hint: 'Name a file with --output.',
    context: {},
  },
};

describe('sample', () => {
  let sandbox: CliSandbox;
  beforeEach(async () => {
    sandbox = await CliSandbox.create();
  });
  afterEach(() => sandbox.remove());

  it('writes to stdout what it would write to a file, and makes no file', async () => {
    const piped = await sandbox.shell('tickloom sample --schema trades --records 5 --output - | tickloom decode -');
    expect(piped.stdout.split('\n')).to.have.length(7);
    expect(piped.stderr).to.equal('');
    expect(await readdir(sandbox.cwd)).to.deep.equal([]);
    const { stdout } = await sandbox.shell(
      'tickloom sample --schema trades --records 5 --output x.dbn >/dev/null; tickloom sample --schema trades --records 5 --output - | cmp - x.dbn && echo same',
    );
    expect(stdout).to.equal('same\n');
  });

  it('ends silently when the reader of stdout has enough', async () => {
    const { code, stdout, stderr } = await sandbox.shell(
      'tickloom sample --schema trades --records 3000000 --output - | head -c 3; echo " ${PIPESTATUS[0]}"',
    );
    expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: 'DBN 0\n', stderr: '' });
  });

  it('refuses stdout with --json, whose document is there', async () => {
    const { code, stdout } = await sandbox.run(['sample', '--schema', 'trades', '--output', '-', '--json']);
    expect(JSON.parse(stdout)).to.deep.equal(NOT_FOR_JSON);
    expect(code).to.equal(2);
    expect(await readdir(sandbox.cwd)).to.deep.equal([]);
  });
});
