import { expect } from 'chai';
import type { RangeRequest } from '../../../../src/core/historical/range-request.js';
import { clientOf, TEST_KEY, type TestClient, type TestClientOptions } from '../../../support/historical-client.js';
import {
  ScriptedGateway,
  chunked,
  cutAfter,
  json,
  reset,
  silence,
  type Answer,
} from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

const RANGE: RangeRequest = {
  dataset: 'GLBX.MDP3',
  schema: 'trades',
  stypeIn: 'raw_symbol',
  symbols: ['ESH4'],
  start: 1n,
  end: 2n,
  limit: null,
};

/** As much of an answer as is looked at before it is given out. */
const START = 'DBN and more';

/** Runs with a gateway that answers by a script. */
async function withGateway<T>(
  answers: readonly Answer[],
  work: (test: TestClient & { readonly gateway: ScriptedGateway }) => Promise<T>,
  options?: TestClientOptions,
): Promise<T> {
  const gateway = await ScriptedGateway.start(...answers);
  const test = clientOf(gateway, options);
  try {
    return await work({ ...test, gateway });
  } finally {
    test.client.close();
    await gateway.close();
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const part of body) text += Buffer.from(part).toString('latin1');
  return text;
}

/** Resolves when a condition holds; the test's own time-out is the end of it. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const endless =
  (onWritten: (bytes: number) => void): Answer =>
  (response) => {
    const piece = Buffer.alloc(65_536, START);
    const more = (): void => {
      let room = true;
      while (room && !response.destroyed) {
        room = response.write(piece);
        onWritten(piece.byteLength);
      }
    };
    response.on('drain', more);
    more();
  };

describe('the body of a range', () => {
  it('is asked for again as long as none of its bytes has come', async () => {
    const answers = [json('', 503), reset, cutAfter([]), chunked([]), chunked([START])];
    await withGateway(
      answers,
      async ({ client, gateway, retries }) => {
        expect(await textOf((await client.range(RANGE)).body)).to.equal(START);
        expect(gateway.requests).to.have.lengthOf(5);
        expect(retries[2]).to.contain('the connection ended before the body did');
        expect(retries[3]).to.contain('the reply has no bytes');
      },
      { retries: { retries: 4 } },
    );
  });

  it('is not asked for again once it has begun; what had come is given out before the error', async () => {
    await withGateway([cutAfter([START, 'def'])], async ({ client, gateway }) => {
      const { body } = await client.range(RANGE);
      let text = '';
      const error = await rejected(
        (async () => {
          for await (const part of body) {
            text += Buffer.from(part).toString();
            // slow enough for all of it, and the end, to have come
            await until(async () => (await gateway.connections()) === 0);
          }
        })(),
      );
      expect(text).to.equal(`${START}def`);
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
      expect(error.message).to.equal(
        'timeseries.get_range: the connection ended before the body did (HTTP 200, request id req-1)',
      );
      expect(error.context).to.include({ endpoint: 'timeseries.get_range', request_id: 'req-1', bytes_received: 15 });
      expect(gateway.requests).to.have.lengthOf(1);
    });
  });

  it('is refused at once when it is something else, with its first bytes and its words', async () => {
    const page = `<html><head><title>Guest network</title></head><body>Log in, ${TEST_KEY}.</body></html>`;
    for (const [answer, found, said] of [
      [
        chunked([page.slice(0, 7), page.slice(7)], 200, { 'Content-Type': 'text/html' }),
        '3c 68 74 6d',
        'HTTP 200, text/html, request id req-1): Guest network Log in, db-***.',
      ],
      [json({ detail: 'Nothing here.' }), '7b 22 64 65', 'Nothing here.'],
      [chunked(['ok']), '6f 6b', ': ok'],
      [chunked([Buffer.from('1f8b0800000000000003', 'hex')]), '1f 8b 08 00', 'request id req-1)'],
      [chunked([Buffer.alloc(100_000, 'a page without an end ')]), '61 20 70 61', 'request id req-1)'],
      [cutAfter(['<html>no end']), '3c 68 74 6d', 'request id req-1)'],
    ] as const) {
      await withGateway([answer], async ({ client, gateway, retries }) => {
        const error = await rejected(client.range(RANGE));
        expect(error.code).to.equal('REPLY_INVALID');
        expect(error.message).to.contain(
          `timeseries.get_range: the reply is not DBN: it begins with the bytes "${found}", expected "28 b5 2f fd" (zstd) or "44 42 4e" (DBN) (HTTP 200`,
        );
        expect(error.message.endsWith(said), error.message).to.equal(true);
        expect(error.hint).to.contain('check the gateway');
        expect(gateway.requests).to.have.lengthOf(1);
        expect(retries).to.deep.equal([]);
      });
    }
  });

  it('is not asked for again when it breaks before it can be told what it is', async () => {
    await withGateway([cutAfter([Buffer.from('28b52f', 'hex')])], async ({ client, gateway }) => {
      const { body } = await client.range(RANGE);
      expect((await body.next()).value?.length).to.equal(3);
      expect((await rejected(body.next())).code).to.equal('SOURCE_UNAVAILABLE');
      expect(gateway.requests).to.have.lengthOf(1);
    });
  });

  it('ends as an error when it is cut short of a length that was announced', async () => {
    await withGateway([cutAfter([START], { 'Content-Length': '13' })], async ({ client }) => {
      const error = await rejected(textOf((await client.range(RANGE)).body));
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
    });
  });

  it('ends as an error when nothing more comes', async () => {
    const answer: Answer = (response) => response.writeHead(200).write(START);
    await withGateway(
      [answer],
      async ({ client, gateway }) => {
        const error = await rejected(textOf((await client.range(RANGE)).body));
        expect(error.code).to.equal('SOURCE_UNAVAILABLE');
        expect(error.message).to.contain('no byte came for 0.05 s');
        await until(async () => (await gateway.connections()) === 0);
      },
      { transportOptions: { readTimeoutMs: 50 } },
    );
  });

  it('takes a reader that is slow for no server that stalls', async () => {
    const answer: Answer = (response) => {
      response.writeHead(200).write(START);
      setTimeout(() => response.end('def'), 20);
    };
    await withGateway(
      [answer],
      async ({ client }) => {
        const { body } = await client.range(RANGE);
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect(await textOf(body)).to.equal(`${START}def`);
      },
      { transportOptions: { readTimeoutMs: 200 } },
    );
  });

  it('stops the server when nobody reads', async () => {
    let written = 0;
    await withGateway([endless((bytes) => (written += bytes))], async ({ client }) => {
      const { body } = await client.range(RANGE);
      // It fills the buffers of both sockets, and then it stands still.
      let before = -1;
      await until(async () => {
        const still = written === before;
        before = written;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return still && written === before;
      });
      expect(written).to.be.below(64 * 1024 * 1024);
      const full = written;
      await body.next();
      for (let read = 0; read < full * 2;) read += (await body.next()).value?.byteLength ?? 0;
      expect(written).to.be.above(full);
      await body.return?.();
    });
  });

  it('closes its connection when the reader leaves', async () => {
    await withGateway([endless(() => undefined)], async ({ client, gateway }) => {
      const { body } = await client.range(RANGE);
      for await (const part of body) {
        expect(part.byteLength).to.be.above(0);
        break;
      }
      await until(async () => (await gateway.connections()) === 0);
      expect(await body.next()).to.deep.equal({ done: true, value: undefined });
    });
  });

  it('closes its connection when the reader never begins', async () => {
    await withGateway([endless(() => undefined)], async ({ client, gateway }) => {
      const { body } = await client.range(RANGE);
      await body.return();
      await until(async () => (await gateway.connections()) === 0);
    });
  });

  it('ends at once when it is cancelled, and closes its connection', async () => {
    const stop = new AbortController();
    const answer: Answer = (response) => response.writeHead(200).write(START);
    await withGateway([answer], async ({ client, gateway }) => {
      const { body } = await client.range(RANGE, { signal: stop.signal });
      await body.next();
      const next = rejected(body.next());
      stop.abort();
      const error = await next;
      expect(error.code).to.equal('CANCELLED');
      expect(error.context.bytes_received).to.equal(START.length);
      await until(async () => (await gateway.connections()) === 0);
    });
  });
});

describe('a call that is cancelled', () => {
  it('ends before anything is sent', async () => {
    await withGateway([json('[]')], async ({ client, gateway }) => {
      const error = await rejected(client.listSchemas('A', { signal: AbortSignal.abort() }));
      expect(error.code).to.equal('CANCELLED');
      expect(error.message).to.equal('asking metadata.list_schemas was cancelled');
      expect(gateway.requests).to.deep.equal([]);
    });
  });

  it('ends while it waits for the reply', async () => {
    const stop = new AbortController();
    await withGateway([() => stop.abort()], async ({ client, gateway }) => {
      const error = await rejected(client.listSchemas('A', { signal: stop.signal }));
      expect(error.code).to.equal('CANCELLED');
      await until(async () => (await gateway.connections()) === 0);
    });
  });

  it('ends while it waits to try again', async () => {
    const stop = new AbortController();
    await withGateway(
      [json('', 503)],
      async ({ client }) => {
        const error = await rejected(client.listSchemas('A', { signal: stop.signal }));
        expect(error.code).to.equal('CANCELLED');
      },
      // p-retry's own wait of an hour is what ends
      { retries: { minDelayMs: 3_600_000, maxDelayMs: 3_600_000 }, onRetry: () => setTimeout(() => stop.abort(), 5) },
    );
  });

  it('ends while it waits for a connection of its own', async () => {
    const stop = new AbortController();
    await withGateway(
      [silence],
      async ({ client, gateway }) => {
        const first = rejected(client.listSchemas('A', { signal: stop.signal }));
        await until(() => gateway.requests.length === 1);
        const second = rejected(client.listSchemas('B', { signal: stop.signal }));
        await new Promise((resolve) => setImmediate(resolve));
        stop.abort();
        expect((await second).code).to.equal('CANCELLED');
        expect((await first).code).to.equal('CANCELLED');
        expect(gateway.requests).to.have.lengthOf(1);
      },
      { transportOptions: { connections: 2 } },
    );
  });
});
