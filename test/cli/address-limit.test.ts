import { expect } from 'chai';
import { skipBecause } from '../support/skip-because.js';
import { CliSandbox, type CliResult } from '../support/run-cli.js';

/** KiB: enough for Node, and too little for any memory of WebAssembly. */
const ADDRESSES = 4_000_000;

describe('under a limit of addresses', function () {
  this.timeout(120_000);
  let sandbox: CliSandbox;
  const limited = (command: string): Promise<CliResult> => sandbox.shell(`ulimit -v ${ADDRESSES}; tickloom ${command}`);

  before(async function () {
    if (process.platform !== 'linux') skipBecause(this, 'addresses are limited on Linux alone');
    sandbox = await CliSandbox.create({ covered: false });
    const { code, stderr } = await sandbox.run(['sample', '--schema', 'trades', '--records', '5', '--output', 'x.dbn']);
    expect(code, stderr).to.equal(0);
  });
  after(() => sandbox?.remove());

  it('all is done that makes no rows', async () => {
    const decoded = await limited('decode x.dbn');
    expect(decoded).to.deep.include({ code: 0, stderr: '' });
    expect(decoded.stdout.split('\n')).to.have.length(7);
    const queried = await limited('query "select 1 as one" --format csv');
    expect(queried).to.deep.equal({ code: 0, stdout: 'one\n1\n', stderr: '' });
  });

  it('rows are refused with what to do', async () => {
    const { code, stderr } = await limited('ingest x.dbn --quiet');
    expect(stderr).to.contain('this process is not given the memory that rows are made in');
    expect(stderr).to.match(/\nhint: Raise its limit of addresses \(ulimit -v unlimited\)/);
    expect(code).to.equal(2);
    const report = await limited('ingest x.dbn --json');
    expect(JSON.parse(report.stdout)).to.have.nested.property('error.code', 'MEMORY_UNAVAILABLE');
  });
});
