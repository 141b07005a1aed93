import { inspect } from 'node:util';
import { expect } from 'chai';
import type { HistoricalClient } from '../../../../src/adapters/databento/index.js';
import { clientOf, TEST_KEY } from '../../../support/historical-client.js';
import {
  ScriptedGateway,
  chunked,
  cutAfter,
  json,
  reset,
  silence,
  type Answer,
} from '../../../support/scripted-gateway.js';

const BASIC = Buffer.from(`${TEST_KEY}:`).toString('base64');
const REQUEST = { dataset: 'A', schema: 'mbo', stypeIn: 'raw_symbol', symbols: ['X'], start: 0n, end: 1n } as const;

/** Whatever can be seen of a value: itself, hidden fields, causes, JSON, stack. */
function seen(value: unknown): string {
  const shown = [inspect(value, { depth: Infinity, showHidden: true, maxStringLength: null })];
  for (let error = value; error instanceof Error; error = error.cause) {
    shown.push(String(error), error.stack ?? '', JSON.stringify(error), JSON.stringify({ ...error }));
  }
  return shown.join('\n');
}

describe('the key', () => {
  const echo = `your key ${TEST_KEY} came as Basic ${BASIC}`;
  for (const [name, answer] of [
    ['a refusal that repeats it', json({ detail: echo }, 401)],
    ['a case that repeats it', json({ detail: { case: echo, message: echo, payload: { a: echo } } }, 422)],
    ['a page that repeats it', chunked([`<html><body>${echo}</body></html>`], 502)],
    ['a warning that repeats it', json('[]', 403, { 'X-Warning': JSON.stringify([echo]) })],
    ['a request id that repeats it', json('[]', 403, { 'request-id': echo })],
    ['a place that repeats it', json('', 302, { Location: `file:///${TEST_KEY}` })],
    ['a reply that repeats it', chunked([echo])],
    ['a wrong reply that repeats it', json({ [echo]: echo, id: 1, partial: echo, not_found: echo })],
    ['a reset', reset],
    ['a cut', cutAfter(['["'])],
    ['silence', silence],
    ['no HTTP', (_, { socket }) => socket.end(`${echo}\r\n\r\n`)],
  ] as readonly [string, Answer][]) {
    it(`is in no error, cause, warning or note: ${name}`, async () => {
      const gateway = await ScriptedGateway.start(answer);
      const { client, warnings, retries } = clientOf(gateway, { transportOptions: { readTimeoutMs: 50 } });
      const calls: readonly ((client: HistoricalClient) => Promise<unknown>)[] = [
        () => client.listSchemas('A'),
        () => client.cost({ ...REQUEST, limit: null }),
        () => client.resolve({ ...REQUEST, stypeOut: 'instrument_id', startDate: '2024-01-10', endDate: '2024-01-11' }),
        () => client.batch.submitJob(REQUEST),
        async () => {
          const { body } = await client.range({ ...REQUEST, limit: null });
          for await (const part of body) expect(part.byteLength).to.be.above(0);
          throw new Error('nothing to see');
        },
      ];
      try {
        for (const call of calls) {
          const error = await call(client).then(
            () => undefined,
            (thrown: unknown) => thrown,
          );
          expect(error).to.be.instanceOf(Error);
          const text = seen([error, warnings, retries]) + seen(error);
          expect(text).not.to.contain(TEST_KEY);
          expect(text).not.to.contain(TEST_KEY.slice(3));
          expect(text).not.to.contain(BASIC);
        }
      } finally {
        client.close();
        await gateway.close();
      }
    });
  }

  it('is not in the client, whoever looks at it', async () => {
    const { client } = clientOf({ address: 'http://127.0.0.1:1' });
    expect(seen(client)).not.to.contain(TEST_KEY.slice(3));
    expect(JSON.stringify(client)).not.to.contain(TEST_KEY.slice(3));
    client.close();
  });

  it('is in no address and no form', async () => {
    const gateway = await ScriptedGateway.start(json('1'));
    const { client } = clientOf(gateway);
    await client.recordCount({ ...REQUEST, limit: null });
    const { path, body, headers } = gateway.lastRequest;
    expect(path + body).not.to.contain(TEST_KEY);
    expect(Object.keys(headers).filter((name) => headers[name]?.includes(BASIC))).to.deep.equal(['authorization']);
    client.close();
    await gateway.close();
  });
});
