import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createTickloom, type DoctorCheck, type TickloomOptions } from '../../src/index.js';
import { sampled, STAND_IN_KEY, startGateway, type Gateway } from '../../src/testing/index.js';

/** Nobody listens there. The checks of key and archive come before the one of the database. */
const NO_DATABASE = 'postgresql://me@127.0.0.1:1/none';

describe('the doctor', function () {
  this.timeout(30_000);
  let folder: string;
  let gateway: Gateway;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-doctor-'));
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ recordsPerDay: 10 }) } });
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  const check = async (name: string, options: TickloomOptions): Promise<DoctorCheck | undefined> => {
    const archive = join(folder, 'archive');
    const tickloom = createTickloom({ database: NO_DATABASE, archive, gateway: gateway.url, ...options });
    try {
      const checks = await tickloom.doctor();
      expect(JSON.stringify(checks)).not.to.contain(STAND_IN_KEY);
      return checks.find((one) => one.name === name);
    } finally {
      await tickloom.close();
    }
  };

  it('does not ask for a key that nothing needs', async () => {
    const asked = gateway.requests.length;
    expect(await check('api key', { env: { DATABENTO_API_KEY: '' } })).to.include({ status: 'ok' });
    expect(gateway.requests.length).to.equal(asked);
  });

  it('shows a key to the service, for nothing', async () => {
    const bill = gateway.bill.usd;
    const found = await check('api key', { env: { DATABENTO_API_KEY: STAND_IN_KEY } });
    expect(found).to.include({ status: 'ok', detail: `taken by ${gateway.url}, 1 dataset` });
    expect(gateway.bill.usd).to.equal(bill);
  });

  it('finds a key without the form of one, one that is refused, and a file that is not there', async () => {
    expect(await check('api key', { apiKey: 'db-short' })).to.include({ status: 'failed', code: 'API_KEY_INVALID' });
    const refused = await check('api key', { apiKey: `db-${'W'.repeat(29)}` });
    expect(refused).to.include({ status: 'failed', code: 'ACCESS_DENIED' });
    const apiKeyFile = join(folder, 'none');
    expect(await check('api key', { apiKeyFile })).to.include({ status: 'failed', code: 'API_KEY_INVALID' });
  });

  it('only warns of a service that does not answer', async () => {
    const found = await check('api key', { apiKey: STAND_IN_KEY, gateway: 'http://127.0.0.1:1' });
    expect(found).to.include({ status: 'warning' });
    expect(found?.detail).to.match(/whether http:\/\/127.0.0.1:1 takes it is not known: /);
  });

  it('says where the archive is, what it holds, and how much room there is', async () => {
    const archive = join(folder, 'bought');
    expect((await check('archive', { archive }))?.detail).to.match(/bought, made when it is needed; .* free$/);
    await mkdir(join(archive, 'GLBX.MDP3/trades/2024-01-08_2024-01-09_0123456789abcdef'), { recursive: true });
    const found = await check('archive', { archive });
    expect(found).to.include({ status: 'warning' });
    expect(found?.detail).to.match(/bought: 0 requests and 0 batch jobs, 0 B; .* free; 1 folder in it cannot be read$/);
  });

  it('finds an archive that cannot be written to', async () => {
    await writeFile(join(folder, 'file'), '');
    const found = await check('archive', { archive: join(folder, 'file/archive') });
    expect(found).to.include({ status: 'failed', code: 'OUTPUT_UNWRITABLE' });
    expect(found?.hint).to.match(/--archive/);
  });
});
