import { expect } from 'chai';
import type { HistoricalClient } from '../../../../src/adapters/databento/index.js';
import type { TickloomError } from '../../../../src/core/errors/index.js';
import { clientOf } from '../../../support/historical-client.js';
import { ScriptedGateway, chunked, cutAfter, json, reset, type Answer } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

interface Refused {
  readonly error: TickloomError;
  readonly requests: number;
  readonly retries: readonly string[];
  readonly waits: readonly number[];
  readonly warnings: readonly string[];
}

const listSchemas = (client: HistoricalClient): Promise<unknown> => client.listSchemas('A.B');

/** The error of a call to a gateway that answers by a script. */
async function refused(answers: readonly Answer[], call = listSchemas): Promise<Refused> {
  const gateway = await ScriptedGateway.start(...answers);
  const { client, ...noted } = clientOf(gateway);
  try {
    const error = await rejected(call(client));
    return { error, requests: gateway.requests.length, ...noted };
  } finally {
    client.close();
    await gateway.close();
  }
}

const detail = (value: unknown): string => JSON.stringify({ detail: value });
const HTML = '<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>';

describe('a request that the service refuses', () => {
  for (const [status, body, why, hint] of [
    [
      401,
      detail('Not authenticated'),
      'does not accept the API key (HTTP 401, request id req-1): Not authenticated',
      'DATABENTO_API_KEY',
    ],
    [
      402,
      detail({ case: 'account_insufficient_funds', message: 'No.' }),
      'not enough credit (HTTP 402, account_insufficient_funds',
      'Add credit',
    ],
    [402, '', 'no funds for it, or a payment failed (HTTP 402, request id req-1)', 'portal'],
    [403, detail({ case: 'license_not_found_unauthorized', message: 'No.' }), 'no licence for these data', 'licence'],
    [403, detail({ case: 'auth_account_locked', message: 'No.' }), 'the account is locked', 'request id'],
    [403, detail({ case: 'toString', message: 'No.' }), 'the API key has no permission for it', 'entitled'],
  ] as const) {
    it(`for key, entitlement or payment is ACCESS_DENIED, and not asked again: ${status} ${body.slice(0, 50)}`, async () => {
      const { error, requests } = await refused([json(body, status)]);
      expect(error.code).to.equal('ACCESS_DENIED');
      expect(error.action).to.equal('access');
      expect(error.message).to.contain(`metadata.list_schemas: `).and.contain(why);
      expect(error.hint).to.contain(hint);
      expect(error.context).to.include({ endpoint: 'metadata.list_schemas', http_status: status, request_id: 'req-1' });
      expect(requests).to.equal(1);
    });
  }

  for (const status of [400, 404, 405, 409, 410, 413, 418, 422]) {
    it(`for itself is REQUEST_REJECTED, and not asked again: ${status}`, async () => {
      const { error, requests } = await refused([json(detail('it is wrong'), status)]);
      expect(error.code).to.equal('REQUEST_REJECTED');
      expect(error.message).to.contain(`(HTTP ${status}, request id req-1): it is wrong`);
      expect(error.context).to.include({ http_status: status, case: null, attempts: 1 });
      expect(requests).to.equal(1);
    });
  }

  it("has the vendor's case, what it names and its page in the error", async () => {
    const { error } = await refused([
      json(
        detail({
          case: 'data_end_after_available_end',
          message: 'The dataset ends before.',
          docs: 'https://databento.com/docs/1',
          payload: { available_end: '2024-01-10T00:00:00Z', endpoint: 'not ours', http_status: 1 },
        }),
        422,
      ),
    ]);
    expect(error.message).to.equal(
      'metadata.list_schemas: the service rejects the request (HTTP 422, data_end_after_available_end, request id req-1): The dataset ends before.',
    );
    expect(error.hint).to.equal('Correct the request; see https://databento.com/docs/1.');
    expect(error.context).to.include({
      case: 'data_end_after_available_end',
      available_end: '2024-01-10T00:00:00Z',
      endpoint: 'metadata.list_schemas',
      http_status: 422,
    });
  });

  it('names the parameters that do not pass', async () => {
    const { error } = await refused([json(detail([{ loc: ['query', 'dataset'], msg: 'field required' }]), 422)]);
    expect(error.message).to.contain('query.dataset: field required');
  });

  it('needs no request id and no body', async () => {
    const { error } = await refused([(response) => response.writeHead(400).end()]);
    expect(error.message).to.equal('metadata.list_schemas: the service rejects the request (HTTP 400)');
    expect(error.context.request_id).to.equal(null);
  });

  it('is an error all the same when its body breaks off, or never ends', async () => {
    const cut: Answer = (response, { socket }) => {
      response.writeHead(403, { 'Content-Length': '100' }).write('{"det');
      setImmediate(() => socket.destroy());
    };
    expect((await refused([cut])).error.code).to.equal('ACCESS_DENIED');
    // of these only the text tells what they mean, so it is asked for again
    const unread: Answer = (response, { socket }) => {
      response.writeHead(422, { 'Content-Length': '100' }).write('{"detail": {"case": "symb');
      setImmediate(() => socket.destroy());
    };
    const rejection = json({ detail: { case: 'symbology_invalid_request', message: 'None.' } }, 422);
    const { error, requests } = await refused([unread, rejection]);
    expect(error).to.include({ code: 'REQUEST_REJECTED' });
    expect(error.context).to.include({ case: 'symbology_invalid_request' });
    expect(requests).to.equal(2);
    const endless: Answer = (response) => {
      response.writeHead(400);
      const more = (): unknown => response.write('x'.repeat(65_536), () => !response.destroyed && setImmediate(more));
      more();
    };
    expect((await refused([endless])).error.code).to.equal('REQUEST_REJECTED');
  });

  it('has its warnings passed on', async () => {
    const { warnings } = await refused([json(detail('no'), 400, { 'X-Warning': '["DeprecationWarning: old"]' })]);
    expect(warnings).to.deep.equal(['DeprecationWarning: old']);
  });
});

describe('a failure that may pass', () => {
  for (const [name, answer, why] of [
    ['408', json(detail('slow'), 408), 'waited too long for the request (HTTP 408'],
    ['429', json('', 429), 'asks for fewer requests (HTTP 429'],
    ['500', json(detail('oops'), 500), 'an unexpected condition (HTTP 500'],
    [
      '502 with HTML',
      chunked([HTML], 502),
      'behind it (HTTP 502, request id req-1, 3 attempts): 502 Bad Gateway nginx',
    ],
    ['503', json('', 503), 'offline or overloaded (HTTP 503'],
    ['504', json('', 504), 'no answer in time'],
    ['599', json('', 599), 'an unexpected condition (HTTP 599'],
    ['a reset', reset, 'the connection was reset (ECONNRESET) (3 attempts)'],
    ['no HTTP', (_, { socket }) => socket.end('what?\r\n\r\n'), 'metadata.list_schemas: Parse Error'],
    [
      'a cut body of known length',
      cutAfter(['["tra'], { 'Content-Length': '20' }),
      'the connection ended before the body did',
    ],
    [
      'a cut body of unknown length',
      cutAfter(['["tra']),
      'the connection ended before the body did (HTTP 200, request id',
    ],
    [
      'JSON that ends early',
      chunked(['["tra']),
      'is no JSON, or ends early (HTTP 200, request id req-1, 3 attempts): ["tra',
    ],
    ['an empty body', chunked([]), 'the reply is empty'],
    ['a page that is none of the API', chunked([HTML]), 'ends early (HTTP 200, request id req-1, 3 attempts): 502 Bad'],
  ] as readonly [string, Answer, string][]) {
    it(`is asked again: ${name}`, async () => {
      const gateway = await ScriptedGateway.start(answer, answer, json(['trades']));
      const { client, retries } = clientOf(gateway);
      try {
        expect(await client.listSchemas('A.B')).to.deep.equal(['trades']);
        expect(gateway.requests).to.have.lengthOf(3);
        expect(retries).to.have.lengthOf(2);
        expect(retries[0]).to.match(/^metadata\.list_schemas: /);
      } finally {
        client.close();
        await gateway.close();
      }
    });

    it(`is SOURCE_UNAVAILABLE when tries are spent: ${name}`, async () => {
      const { error, requests } = await refused([answer]);
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
      expect(error.action).to.equal('retry');
      expect(error.message).to.contain(why);
      expect(error.context).to.include({ endpoint: 'metadata.list_schemas', attempts: 3 });
      expect(requests).to.equal(3);
    });
  }

  it('waits as long as the service wants, in seconds or until a date, but not for ever', async () => {
    const { waits } = await refused([
      json('', 429, { 'Retry-After': '3', Date: 'not said' }),
      json('', 503, { 'Retry-After': 'Wed, 10 Jan 2024 00:00:09 GMT', Date: 'not said' }),
      json('', 429, { 'Retry-After': '3' }),
    ]);
    expect(waits).to.deep.equal([3000, 9000]);
    const byItsClock = { Date: 'Tue, 06 Oct 2026 07:00:00 GMT', 'Retry-After': 'Tue, 06 Oct 2026 07:00:05 GMT' };
    expect((await refused([json('', 503, byItsClock)])).waits).to.deep.equal([5_000, 5_000]);
    expect((await refused([json('', 429, { 'Retry-After': '86400' })])).waits).to.deep.equal([60_000, 60_000]);
    expect((await refused([json('', 429, { 'Retry-After': 'later' })])).waits).to.deep.equal([]);
  });

  it('is a connection that nobody takes', async () => {
    const gone = await ScriptedGateway.start();
    await gone.close();
    const { client } = clientOf(gone);
    const error = await rejected(client.listSchemas('A.B'));
    expect(error.code).to.equal('SOURCE_UNAVAILABLE');
    expect(error.message).to.contain(`no connection to ${gone.address}: nothing listens there (ECONNREFUSED)`);
    expect(error.context.system_code).to.equal('ECONNREFUSED');
  });

  it('is told to whoever wants to know', async () => {
    const { retries } = await refused([json('', 503)]);
    expect(retries).to.deep.equal([
      'metadata.list_schemas: the service is offline or overloaded (HTTP 503, request id req-1)',
      'metadata.list_schemas: the service is offline or overloaded (HTTP 503, request id req-1)',
    ]);
  });
});

describe('a batch job that is submitted', () => {
  const submit = (client: HistoricalClient, signal?: AbortSignal): Promise<unknown> =>
    client.batch.submitJob(
      { dataset: 'A.B', schema: 'trades', symbols: ['X'], stypeIn: 'raw_symbol', start: 0n, end: 1n },
      signal === undefined ? {} : { signal },
    );

  for (const [name, answer] of [
    ['500', json('', 500)],
    ['503', json('', 503)],
    ['408', json('', 408)],
    ['a reset', reset],
    ['a reply that ends early', cutAfter(['{"id'])],
    ['a reply that is no JSON', chunked(['accepted'])],
    ['a reply without its id', json({ state: 'received' })],
  ] as const) {
    it(`is never submitted again when the service may have taken it: ${name}`, async () => {
      const { error, requests } = await refused([answer], submit);
      expect(requests).to.equal(1);
      expect(error.code).to.equal('SUBMISSION_UNCERTAIN');
      expect(error.action).to.equal('fail-chunk');
      expect(error.message).to.contain('batch.submit_job: ').and.contain('may have done it all the same');
      expect(error.hint).to.contain('tickloom batch list');
      expect(error.context.endpoint).to.equal('batch.submit_job');
    });
  }

  for (const [status, code] of [
    [422, 'REQUEST_REJECTED'],
    [402, 'ACCESS_DENIED'],
    [429, 'SOURCE_UNAVAILABLE'],
    [307, 'REQUEST_REJECTED'],
  ] as const) {
    it(`is certainly not taken, and not submitted again by itself: ${status}`, async () => {
      const { error, requests } = await refused([json('', status, { Location: '/elsewhere' })], submit);
      expect(requests).to.equal(1);
      expect(error.code).to.equal(code);
    });
  }

  it('is tried again when nothing can have reached the service', async () => {
    const gone = await ScriptedGateway.start();
    await gone.close();
    const { client, retries } = clientOf(gone);
    const error = await rejected(submit(client));
    expect(error.code).to.equal('SOURCE_UNAVAILABLE');
    expect(error.context.attempts).to.equal(3);
    expect(retries).to.have.lengthOf(2);
  });

  it('may have been taken when it is cancelled meanwhile', async () => {
    const stop = new AbortController();
    const { error } = await refused([() => stop.abort()], (client) => submit(client, stop.signal));
    expect(error.code).to.equal('CANCELLED');
    expect(error.hint).to.contain('tickloom batch list');
  });
});
