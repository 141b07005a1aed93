import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApiKey, type HistoricalClient } from '../../../../src/adapters/databento/index.js';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import {
  STAND_IN_KEY,
  sampled,
  seededFaults,
  startGateway,
  type Gateway,
  type GatewayOptions,
} from '../../../../src/testing/gateway/index.js';
import { clientOf, type TestClient } from '../../../support/historical-client.js';
import { rejected } from '../../../support/thrown.js';

const DATASET = 'GLBX.MDP3';
const DAY = 86_400_000_000_000n;
const START = 1_704_844_800_000_000_000n; // 2024-01-10
const RANGE: RangeRequest = {
  dataset: DATASET,
  schema: 'trades',
  stypeIn: 'continuous',
  symbols: ['ES.c.0'],
  start: START,
  end: START + DAY,
  limit: null,
};

/** Runs with a client of a stand-in that serves a made-up market. */
async function withStandIn<T>(
  options: Partial<GatewayOptions>,
  work: (test: TestClient & { readonly gateway: Gateway }) => Promise<T>,
): Promise<T> {
  const gateway = await startGateway({ datasets: { [DATASET]: sampled({ recordsPerDay: 200 }) }, ...options });
  const key = ApiKey.parse(STAND_IN_KEY, 'the test');
  const test = clientOf({ address: gateway.url }, { key, retries: { retries: 6 } });
  try {
    return await work({ ...test, gateway });
  } finally {
    test.client.close();
    await gateway.close();
  }
}

async function bytesOf(client: HistoricalClient): Promise<number> {
  let bytes = 0;
  for await (const part of (await client.range(RANGE)).body) bytes += part.byteLength;
  return bytes;
}

describe('the client at the stand-in gateway', () => {
  it('understands what every endpoint says', async () => {
    await withStandIn({}, async ({ client, gateway }) => {
      expect(await client.listDatasets()).to.deep.equal([DATASET]);
      expect(await client.listSchemas(DATASET)).to.include('trades');
      expect((await client.metadata.listPublishers()).map(({ dataset }) => dataset)).to.include(DATASET);
      const fields = await client.metadata.listFields({ schema: 'trades', encoding: 'dbn', dataset: DATASET });
      expect(fields.map(({ name }) => name)).to.include('price');
      const { start, end, schemas } = await client.datasetRange(DATASET);
      expect(start < START && START < end).to.equal(true);
      expect(schemas.get('trades')?.start).to.equal(start);
      const days = await client.datasetCondition(DATASET, '2024-01-10', '2024-01-12');
      expect(days.map(({ date }) => date)).to.deep.equal(['2024-01-10', '2024-01-11']);
      expect(await client.streamingPrice(DATASET, 'trades')).to.be.a('bigint');
      const count = await client.recordCount(RANGE);
      expect(count).to.be.above(0);
      expect(await client.billableSize(RANGE)).to.equal(count * 48);
      expect((await client.cost(RANGE)) > 0n).to.equal(true);
      const resolution = await client.resolve({
        ...{ dataset: DATASET, stypeIn: 'continuous', stypeOut: 'instrument_id' },
        ...{ symbols: ['ES.c.0', 'NOPE.c.0'], startDate: '2024-01-10', endDate: '2024-01-11' },
      });
      expect(resolution.intervals.get('ES.c.0')).to.have.lengthOf(1);
      expect(resolution.notFound).to.deep.equal(['NOPE.c.0']);
      expect(await bytesOf(client)).to.be.above(0);
      expect(gateway.requests.filter(({ keyLeaked }) => keyLeaked)).to.deep.equal([]);
      expect(gateway.requests.map(({ status }) => status)).to.deep.equal(gateway.requests.map(() => 200));
    });
  });

  it('brings home a batch job', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tickloom-job-'));
    await withStandIn({}, async ({ client }) => {
      const job = await client.batch.submitJob(RANGE);
      expect(job.symbols).to.deep.equal(['ES.c.0']);
      let details = job;
      for (let poll = 0; details.state !== 'done' && poll < 20; poll++)
        details = await client.batch.getJobDetails(job.id);
      expect(details.state).to.equal('done');
      expect((await client.batch.listJobs({ states: ['done'] })).map(({ id }) => id)).to.deep.equal([job.id]);
      const files = await client.batch.listFiles(job.id);
      for (const file of files) await client.batch.downloadFile(file, folder);
      expect((await readdir(folder)).sort()).to.deep.equal(files.map(({ filename }) => filename).sort());
    });
    await rm(folder, { recursive: true });
  });

  it('reads the short form of job lists', async () => {
    await withStandIn({ shortJobLists: true }, async ({ client }) => {
      const { id } = await client.batch.submitJob(RANGE);
      const [job] = await client.batch.listJobs();
      expect(job).to.deep.include({ id, dataset: null, symbols: null, compression: null, start: null });
    });
  });

  it('says what is refused, with its case', async () => {
    await withStandIn({ accounts: { [STAND_IN_KEY]: {} } }, async ({ client, gateway }) => {
      const early = await rejected(client.range({ ...RANGE, start: START - 1000n * DAY }));
      expect(early).to.include({ code: 'REQUEST_REJECTED' });
      expect(early.context.case).to.equal('data_start_before_available_start');
      const stranger = clientOf({ address: gateway.url });
      expect(await rejected(stranger.client.listDatasets())).to.include({ code: 'ACCESS_DENIED' });
      stranger.client.close();
    });
  });

  it('gets through where half of the requests go wrong', async () => {
    const kinds = ['cut', 'reset', 'status'] as const;
    const endpoints = ['metadata.get_record_count', 'metadata.list_schemas', 'symbology.resolve'];
    await withStandIn({ faults: seededFaults({ seed: 7, kinds, endpoints }) }, async ({ client, gateway, retries }) => {
      for (let day = 0n; day < 10n; day++) {
        await client.recordCount({ ...RANGE, start: START + day, end: START + DAY + day });
        expect(await client.listSchemas(DATASET)).to.include('trades');
      }
      expect(retries.length).to.be.above(3);
      expect(gateway.requests.length).to.equal(20 + retries.length);
    });
  });
});
