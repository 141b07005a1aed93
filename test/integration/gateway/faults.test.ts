import { expect } from 'chai';
import {
  sampled,
  seededFaults,
  startGateway,
  type Fault,
  type Gateway,
  type GatewayDataset,
  type GatewayOptions,
} from '../../../src/testing/index.js';
import { rejected } from '../../support/thrown.js';
import { decodeBytes, GatewayClient, type Decoded } from '../../support/gateway-client.js';

const WANTED = { symbols: 'ES.c.0,NQ.c.0', stype_in: 'continuous', start: '2024-01-08', end: '2024-01-11' };
const RECORD = 48;

/** What came of a body before it broke off, and whether it did. */
async function received(response: Response): Promise<{ bytes: Buffer; broken: boolean }> {
  const parts: Uint8Array[] = [];
  const reader = response.body!.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(next.value as Uint8Array);
    return { bytes: Buffer.concat(parts), broken: false };
  } catch {
    return { bytes: Buffer.concat(parts), broken: true };
  }
}

/** What fetch says about a request without a reply. */
async function failed(response: Promise<Response>): Promise<string> {
  return response.then(
    ({ status }) => `status ${status}`,
    (error: unknown) => (error as Error).message,
  );
}

describe('replies of the stand-in gateway that go wrong', () => {
  let gateway: Gateway;
  let client: GatewayClient;
  let whole: Decoded;
  let body: Buffer;
  const start = async (options: Partial<GatewayOptions> = {}): Promise<void> => {
    const data = sampled({ start: '2024-01-08', end: '2024-01-15', recordsPerDay: 2_000 });
    gateway = await startGateway({ datasets: { 'GLBX.MDP3': data }, zstd: 'raw', frameBytes: 65_536, ...options });
    client = new GatewayClient(gateway);
  };
  const once = (...faults: Fault[]): void => gateway.setFaults(({ attempt }) => (attempt === 0 ? faults : undefined));
  const last = () => gateway.requests.at(-1)!;

  beforeEach(async () => {
    await start();
    body = Buffer.from(await (await client.range({ ...WANTED, retry: '0' })).arrayBuffer());
    whole = await decodeBytes(body);
  });
  afterEach(() => gateway.close());

  for (const afterBytes of [0, 1, 7, 70_001]) {
    it(`cut the body after ${afterBytes} bytes, and bill what went out`, async () => {
      once({ kind: 'cut', afterBytes });
      const response = await client.range(WANTED);
      expect(response.status).to.equal(200);
      const { bytes, broken } = await received(response);
      expect(broken).to.equal(true);
      expect(bytes).to.deep.equal(body.subarray(0, afterBytes));
      expect(last()).to.include({ completed: false, bytesSent: afterBytes, status: 200 });
      // The header of the data costs nothing.
      if (afterBytes < 700) expect(last().billedBytes).to.equal(0);
      expect(last().billedBytes).to.be.within(0, afterBytes);
      if (afterBytes > 65_536) expect(last().billedBytes).to.be.greaterThan(60_000);
      expect(await decodeBytes((await received(await client.range(WANTED))).bytes)).to.deep.equal(whole);
    });
  }

  it('cut the body at a part of it, also behind its last byte', async () => {
    once({ kind: 'cut', fraction: 0.5 });
    expect((await received(await client.range(WANTED))).bytes.length).to.equal(Math.floor(body.length / 2));
    gateway.setFaults(() => ({ kind: 'cut', fraction: 1 }));
    const { bytes, broken } = await received(await client.range(WANTED));
    expect([bytes.length, broken]).to.deep.equal([body.length, true]);
  });

  it('cut the JSON of another endpoint', async () => {
    once({ kind: 'cut', afterBytes: 5 });
    const { bytes, broken } = await received(await client.get('metadata.list_schemas'));
    expect([bytes.toString(), broken]).to.deep.equal(['["tra', true]);
  });

  it('reset the connection before and behind the headers', async () => {
    once({ kind: 'reset' });
    expect(await failed(client.range(WANTED))).to.equal('fetch failed');
    expect(last()).to.include({ status: null, bytesSent: 0, done: true });
    gateway.setFaults(() => ({ kind: 'reset', afterBytes: 100 }));
    const response = await client.range(WANTED);
    expect(response.status).to.equal(200);
    expect((await received(response)).broken).to.equal(true);
    expect(last()).to.include({ bytesSent: 100, completed: false });
  });

  it('stall for a while and go on', async () => {
    once({ kind: 'stall', ms: 5 }, { kind: 'stall', ms: 5, fraction: 0.3 }, { kind: 'stall', ms: 5, afterBytes: 9 });
    expect(await decodeBytes((await received(await client.range(WANTED))).bytes)).to.deep.equal(whole);
  });

  it('stall for ever until the other side leaves', async () => {
    gateway.setFaults(() => ({ kind: 'stall', afterBytes: 1_000 }));
    const response = await client.range(WANTED);
    const reader = response.body!.getReader();
    let bytes = 0;
    while (bytes < 1_000) bytes += ((await reader.read()).value as Uint8Array).length;
    expect(bytes).to.equal(1_000);
    await reader.cancel();
    while (!last().done) await new Promise((resolve) => setImmediate(resolve));
    expect(last()).to.include({ completed: false, bytesSent: 1_000 });
  });

  it('stall for ever before the headers until the gateway closes', async () => {
    gateway.setFaults(() => ({ kind: 'stall' }));
    const failure = failed(client.range(WANTED));
    while (gateway.requests.length < 2) await new Promise((resolve) => setImmediate(resolve));
    await gateway.close();
    expect(await failure).to.equal('fetch failed');
  });

  it('refuse with other statuses, in every shape', async () => {
    const shapes: [Fault, string, RegExp][] = [
      [{ kind: 'status', status: 429, retryAfter: 2 }, 'application/json', /^\{"detail":\{"case":"injected_429"/],
      [{ kind: 'status', status: 403, body: 'object', case: 'x' }, 'application/json', /"case":"x".*"status_code":403/],
      [{ kind: 'status', status: 500, body: 'string' }, 'application/json', /^\{"detail":"[^"]+"\}$/],
      [{ kind: 'status', status: 422, body: 'array' }, 'application/json', /^\{"detail":\[\{"loc":/],
      [{ kind: 'status', status: 502 }, 'text/html', /^<html>/],
      [{ kind: 'status', status: 503, body: 'truncated-json' }, 'application/json', /^\{"detail":.*[^}]$/],
      [{ kind: 'status', status: 504, body: 'empty' }, 'application/json', /^$/],
    ];
    for (const [fault, type, text] of shapes) {
      gateway.setFaults(() => fault);
      const response = await client.range(WANTED);
      expect(response.status).to.equal((fault as { status: number }).status);
      expect(response.headers.get('content-type')).to.equal(type);
      expect(await response.text()).to.match(text);
      expect(last().billedBytes).to.equal(0);
    }
    once({ kind: 'status', status: 429, retryAfter: 2 });
    expect((await client.get('metadata.list_schemas')).headers.get('retry-after')).to.equal('2');
  });

  it('submit no job when they refuse, and one when only the reply is lost', async () => {
    const job = { ...WANTED, schema: 'trades', encoding: 'dbn' };
    once({ kind: 'status', status: 503 });
    expect((await client.post('batch.submit_job', job)).status).to.equal(503);
    gateway.setFaults();
    expect(await client.json('batch.list_jobs')).to.have.length(0);
    gateway.setFaults(({ endpoint }) => (endpoint === 'batch.submit_job' ? { kind: 'reset' } : undefined));
    expect(await failed(client.post('batch.submit_job', job))).to.equal('fetch failed');
    expect(await client.json('batch.list_jobs', { short: '1' })).to.have.length(1);
  });

  for (const part of ['checksum', 'content'] as const) {
    it(`corrupt the ${part} of a frame so that it fails its checksum`, async () => {
      once({ kind: 'corrupt', part, fraction: 0.5 });
      const { bytes, broken } = await received(await client.range(WANTED));
      expect([bytes.length, broken]).to.deep.equal([body.length, false]);
      expect(bytes.filter((byte, index) => byte !== body[index]).length).to.equal(1);
      expect(await rejected(decodeBytes(bytes))).to.have.property('code', 'ZSTD_CHECKSUM');
      expect(last()).to.include({ completed: true });
    });
  }

  it('corrupt one byte of a body that has no frames', async () => {
    once({ kind: 'corrupt' });
    const text = await (await client.get('metadata.list_schemas')).text();
    const right = await (await client.get('metadata.list_schemas')).text();
    expect([...text].filter((letter, index) => letter !== right[index]).length).to.equal(1);
  });

  it('end early and properly, with the last records missing', async () => {
    for (const [fault, missing] of [
      [{ kind: 'short' }, 1],
      [{ kind: 'short', records: 17 }, 17],
      [{ kind: 'short', fraction: 0.25 }, Math.round(whole.records.length / 4)],
    ] as [Fault, number][]) {
      gateway.setFaults(() => fault);
      const { bytes, broken } = await received(await client.range(WANTED));
      const { records, metadata } = await decodeBytes(bytes);
      expect(broken).to.equal(false);
      expect(records).to.deep.equal(whole.records.slice(0, -missing));
      expect(metadata).to.deep.equal(whole.metadata);
      expect(last().billedBytes).to.equal(records.length * RECORD);
    }
  });

  it('revise records for one reply', async () => {
    once({ kind: 'revise' });
    const { records } = await client.decoded(WANTED);
    expect(records.length).to.equal(whole.records.length);
    expect(records.filter((record, index) => record !== whole.records[index]).length).to.be.greaterThan(100);
    for (const schema of ['tbbo', 'ohlcv-1h', 'statistics', 'definition']) {
      const wanted = { ...WANTED, schema };
      gateway.setFaults(() => ({ kind: 'revise' }));
      const changed = await client.decoded(wanted);
      gateway.setFaults();
      expect((await client.decoded(wanted)).records).not.to.deep.equal(changed.records);
    }
  });

  it('trickle, with headers of their own', async () => {
    const headers = { 'X-Warning': '["not json', 'Content-Type': 'text/plain' };
    once({ kind: 'trickle', bytes: 2, ms: 0 }, { kind: 'headers', headers });
    const response = await client.get('metadata.list_datasets');
    expect(response.headers.get('x-warning')).to.equal('["not json');
    expect(response.headers.get('content-type')).to.equal('text/plain');
    expect(await response.json()).to.deep.equal(['GLBX.MDP3']);
  });

  it('close the connection when a fault is none that could be sent', async () => {
    gateway.setFaults(() => ({ kind: 'status', status: 999_999 }));
    expect(await failed(client.get('metadata.list_schemas'))).to.equal('fetch failed');
  });

  it("tell with a 500 what a dataset of one's own threw", async () => {
    const broken = Object.assign(Object.create(sampled()) as GatewayDataset, {
      records: () => {
        throw new Error('no records today');
      },
    });
    await gateway.close();
    await start({ datasets: { 'GLBX.MDP3': broken } });
    const response = await client.range({ symbols: 'ESH4', start: '2024-01-09' });
    expect(response.status).to.equal(500);
    expect(await response.text()).to.contain('no records today');
  });

  describe('by a seed', () => {
    const kindsOf = async (
      options: Parameters<typeof seededFaults>[0],
      requests = 60,
    ): Promise<(string | undefined)[]> => {
      gateway.setFaults(seededFaults(options));
      const from = gateway.requests.length;
      for (let index = 0; index < requests; index += 1) {
        const response = await client.get('metadata.list_schemas', { retry: String(index) }).catch(() => undefined);
        if (response !== undefined) await received(response);
      }
      return gateway.requests.slice(from).map(({ faults }) => faults[0]?.kind);
    };

    it('are the same for the same seed, and others for another', async () => {
      const first = await kindsOf({ seed: 1 });
      await gateway.close();
      await start();
      expect(await kindsOf({ seed: 1 })).to.deep.equal(first);
      await gateway.close();
      await start();
      expect(await kindsOf({ seed: 2 })).not.to.deep.equal(first);
      expect(new Set(first)).to.include.all.keys('cut', 'reset', 'stall', 'status');
    });

    it('keep to their number, kinds and endpoints', async () => {
      const kinds = await kindsOf({ seed: 3, rate: 1, most: 5, kinds: ['trickle', 'headers', 'revise', 'short'] });
      expect(kinds.filter((kind) => kind !== undefined)).to.have.length(5);
      expect(await kindsOf({ seed: 3, rate: 1, endpoints: ['timeseries.get_range'] }, 5)).to.deep.equal(
        new Array(5).fill(undefined),
      );
    });

    it('let the same request through after a few', async () => {
      gateway.setFaults(seededFaults({ seed: 4, rate: 1, inARow: 3, kinds: ['cut', 'corrupt', 'short'] }));
      const broken: number[] = [];
      for (let attempt = 0; attempt < 8; attempt += 1) {
        const { bytes } = await received(await client.range(WANTED));
        const same = await decodeBytes(bytes).then(
          ({ records }) => records.length === whole.records.length,
          () => false,
        );
        if (!same) broken.push(attempt);
      }
      expect(broken).to.deep.equal([0, 1, 2, 4, 5, 6]);
    });

    it('may stall for ever', async () => {
      const stall = seededFaults({ seed: 5, rate: 1, kinds: ['stall'], stallMs: null });
      const request = { endpoint: 'batch.file', method: 'GET', parameters: {}, attempt: 0, ordinal: 0 };
      expect(stall(request)).to.have.all.keys('kind', 'fraction');
    });
  });
});
