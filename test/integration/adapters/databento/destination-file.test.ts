import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DestinationFile, writeAt } from '../../../../src/adapters/databento/download/destination-file.js';
import { findProcess } from '../../../../src/adapters/system/process-table.js';

const NAME = 'glbx-mdp3-20240110.trades.dbn.zst';
const WHOLE = Buffer.from('the whole file');
const HALF = WHOLE.subarray(0, 5);

describe('the place of a downloaded file', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'tickloom-place-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const place = (): DestinationFile => new DestinationFile(folder, NAME);
  const file = (): Promise<string> => readFile(join(folder, NAME), 'utf8');
  const write = async (destination: DestinationFile, bytes: Uint8Array): Promise<void> => {
    const handle = await destination.openPartial();
    await writeAt(handle, bytes, 0);
    await handle.close();
  };
  /** What is there already when a download begins. */
  const found = async (destination: DestinationFile): Promise<string> => {
    const handle = await destination.openPartial();
    const text = await handle.readFile('utf8');
    await handle.close();
    return text;
  };
  /** As a process would leave it. */
  const leftBy = async (pid: number, startedAt: string, bytes: Uint8Array): Promise<string> => {
    const mark = createHash('sha256').update(startedAt).digest('hex').slice(0, 8);
    const name = `.${NAME}.${pid}-${mark}-0123abcd.partial`;
    await writeFile(join(folder, name), bytes);
    return name;
  };

  it('never gets what a third download has only begun, when two others end', async () => {
    const [first, second, third] = [place(), place(), place()];
    await write(first, WHOLE);
    await write(second, WHOLE);
    expect(await third.finished()).to.equal(null);
    await first.commit();
    await write(third, HALF);
    await second.commit();
    expect(await file()).to.equal(WHOLE.toString());
    await third.commit();
    expect(await readdir(folder)).to.deep.equal([NAME]);
  });

  it('loses nothing of what a third download has when another one is not sound', async () => {
    const [first, second] = [place(), place()];
    await write(first, WHOLE);
    await write(second, HALF);
    await (await second.partial()).discard();
    await first.commit();
    expect(await file()).to.equal(WHOLE.toString());
  });

  it('goes on from the longest that ended downloads have left, and sweeps the others away', async () => {
    await leftBy(2 ** 22 + 1, 'long ago', HALF);
    // A number that lives, and was another process then.
    await leftBy(process.pid, 'another time', HALF.subarray(0, 2));
    const destination = place();
    await write(destination, HALF.subarray(0, 3));
    await destination.release();
    const next = place();
    expect(await found(next)).to.equal(HALF.toString());
    expect(await readdir(folder)).to.have.lengthOf(1);
    await next.release();
    expect(await readdir(folder)).to.deep.equal([`.${NAME}.partial`]);
  });

  it('takes nothing from a process that lives, and sweeps away what a killed one has left meanwhile', async () => {
    const self = await findProcess(process.pid);
    const living = await leftBy(process.pid, self?.startedAt ?? '', HALF);
    const destination = place();
    expect(await found(destination)).to.equal('');
    await write(destination, WHOLE);
    await leftBy(2 ** 22 + 1, 'long ago', HALF);
    await destination.commit();
    expect((await readdir(folder)).sort()).to.deep.equal([living, NAME].sort());
  });
});
