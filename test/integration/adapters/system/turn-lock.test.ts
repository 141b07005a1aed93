import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { takeTurn } from '../../../../src/adapters/system/turn-lock.js';
import { EmbeddedHomes } from '../../../support/embedded-homes.js';
import { smallDisk } from '../../../support/small-disk.js';

describe('turn lock', () => {
  const homes = new EmbeddedHomes();

  it('is held by one at a time, however many want it', async () => {
    const folder = await homes.folder();
    let inside = 0;
    let taken = 0;
    const work = async (): Promise<void> => {
      const lock = await takeTurn(folder);
      expect(++inside).to.equal(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inside -= 1;
      taken += 1;
      await lock?.release();
    };
    await Promise.all(Array.from({ length: 20 }, work));
    expect(taken).to.equal(20);
    expect(await readdir(folder)).to.deep.equal(['20']);
  });

  it('is not waited for when told so', async () => {
    const folder = await homes.folder();
    const lock = await takeTurn(folder);
    expect(await takeTurn(folder, { wait: false })).to.equal(null);
    await lock?.release();
    const next = await takeTurn(folder, { wait: false });
    expect(next).not.to.equal(null);
    await next?.release();
  });

  it('is given back on a full disk, where nobody can take it', async function () {
    const disk = await smallDisk(this);
    try {
      const folder = join(disk.path, 'lock');
      await mkdir(folder);
      const lock = await takeTurn(folder);
      await disk.fill();
      await lock?.release();
      // what was given back has made room for a little
      await disk.fill();
      const refused = await takeTurn(folder).catch((error: unknown) => error);
      expect(refused).to.include({ code: 'ENOSPC' });
      await disk.free();
      const next = await takeTurn(folder, { wait: false });
      expect(next).not.to.equal(null);
      await next?.release();
      expect(await readdir(folder)).to.deep.equal(['2']);
    } finally {
      await disk.unmount();
    }
  });

  it('gives up waiting when cancelled', async () => {
    const folder = await homes.folder();
    const lock = await takeTurn(folder);
    const controller = new AbortController();
    const waiting = takeTurn(folder, { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error('enough'));
    expect(await waiting).to.have.property('message', 'enough');
    await lock?.release();
  });

  it('passes from a killed owner to exactly one of many processes that wait', async () => {
    const folder = await homes.folder();
    const module = fileURLToPath(new URL('../../../../src/adapters/system/turn-lock.js', import.meta.url));
    const start = (script: string) =>
      spawn(process.execPath, ['--input-type=module', '-e', `import { takeTurn } from '${module}';${script}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const take = `const lock = await takeTurn('${folder}');`;
    const owner = start(`${take} console.log('taken'); setTimeout(() => undefined, 300_000);`);
    await once(owner.stdout, 'data');
    // Appending is atomic, so each process that is let in while another one is inside shows as two lines "in".
    const record = `import('node:fs').then(({ appendFileSync: a }) => {`;
    const waiting = Array.from({ length: 6 }, () =>
      start(
        `${take} ${record} a('${folder}/order', 'in '); setTimeout(() => { a('${folder}/order', 'out '); lock.release(); }, 5); });`,
      ),
    );
    owner.kill('SIGKILL');
    await Promise.all(waiting.map((child) => once(child, 'exit')));
    expect(await readFile(`${folder}/order`, 'utf8')).to.equal('in out '.repeat(6));
  });

  it('takes a number that now belongs to a younger process for free', async () => {
    const folder = await homes.folder();
    await writeFile(join(folder, '7'), `${process.pid}\nlong ago`);
    const lock = await takeTurn(folder, { wait: false });
    expect(await readdir(folder)).to.deep.equal(['8']);
    await lock?.release();
  });

  it('sweeps away what killed owners left', async () => {
    const folder = await homes.folder();
    for (const name of ['3', '4', 'draft-abc']) await writeFile(join(folder, name), 'released');
    await (await takeTurn(folder))?.release();
    expect(await readdir(folder)).to.deep.equal(['5']);
  });
});
