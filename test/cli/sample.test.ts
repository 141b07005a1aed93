import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { CliSandbox, type CliResult } from '../support/run-cli.js';

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

  it('puts its records into one document with --json, and ends as without it', async () => {
    const sample = (...args: string[]): Promise<CliResult> =>
      sandbox.run(['sample', '--schema', ...args, '--output', '-', '--json']);
    const { code, stdout } = await sample('trades', '--records', '5000');
    expect((JSON.parse(stdout) as { records: object[] }).records).to.have.length(5000);
    expect(code).to.equal(0);
    const refused = await sample('nosuch');
    expect(JSON.parse(refused.stdout)).to.have.nested.property('error.code', 'SCHEMA_UNKNOWN');
    expect(refused.code).to.equal(2);
    expect(await readdir(sandbox.cwd)).to.deep.equal([]);
  });
});
