import { expect } from 'chai';
import type { HistoricalClient } from '../../../../src/adapters/databento/index.js';
import { clientOf } from '../../../support/historical-client.js';
import { ScriptedGateway, json, type Answer } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

const redirect =
  (location: string | undefined, status = 302): Answer =>
  (response) =>
    response.writeHead(status, location === undefined ? {} : { Location: location }).end('moved');

type Script = (addresses: { readonly here: string; readonly there: string }) => readonly Answer[];

/** A gateway with a client, and another server that it can send to. */
async function withTwo(
  first: Script,
  second: Script,
  work: (client: HistoricalClient, here: ScriptedGateway, there: ScriptedGateway) => Promise<void>,
): Promise<void> {
  const [here, there] = [await ScriptedGateway.start(), await ScriptedGateway.start()];
  const addresses = { here: here.address, there: there.address };
  here.answerWith(...first(addresses));
  there.answerWith(...second(addresses));
  const { client } = clientOf(here);
  try {
    await work(client, here, there);
  } finally {
    client.close();
    await Promise.all([here.close(), there.close()]);
  }
}

const nothing: Script = () => [];

describe('a redirect', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`is followed with the key inside the gateway: ${status}`, async () => {
      await withTwo(
        () => [redirect('/v0/other?x=1', status), json(['mbo'])],
        nothing,
        async (client, here) => {
          expect(await client.listSchemas('A')).to.deep.equal(['mbo']);
          expect(here.lastRequest.path).to.equal('/v0/other?x=1');
          expect(here.lastRequest.headers.authorization).to.match(/^Basic /);
        },
      );
    });
  }

  it('is followed to another origin without the key, also when it comes back', async () => {
    await withTwo(
      ({ there }) => [redirect(`${there}/a`), json(['mbo'])],
      ({ here }) => [redirect('/b'), redirect(`${here}/back`)],
      async (client, here, there) => {
        expect(await client.listSchemas('A')).to.deep.equal(['mbo']);
        expect(here.requests[0]?.headers.authorization).to.match(/^Basic /);
        expect(there.requests.map(({ path }) => path)).to.deep.equal(['/a', '/b']);
        expect(here.lastRequest.path).to.equal('/back');
        for (const { headers } of [...there.requests, here.lastRequest]) {
          expect(headers).not.to.have.property('authorization');
        }
      },
    );
  });

  it('to another origin that wants the key is no word about the key', async () => {
    let address = '';
    await withTwo(
      ({ there }) => [redirect((address = there))],
      () => [json({ detail: 'Not authenticated' }, 401)],
      async (client) => {
        const error = await rejected(client.listSchemas('A'));
        expect(error.code).to.equal('REQUEST_REJECTED');
        expect(error.message).to.contain(`to ${address}, which wants the API key and is not given it`);
      },
    );
  });

  it('brings no user and no password to where it leads', async () => {
    await withTwo(
      ({ there }) => [redirect(there.replace('//', '//user:secret@'))],
      () => [json(['mbo'])],
      async (client, _, there) => {
        expect(await client.listSchemas('A')).to.deep.equal(['mbo']);
        expect(there.lastRequest.headers).not.to.have.property('authorization');
      },
    );
  });

  for (const [name, location, why] of [
    ['to where the way can be listened to', 'http://example.com/x', 'to http://example.com, and this is not followed'],
    ['to what is no HTTP', 'file:///etc/passwd', 'elsewhere, to file:, and'],
    ['to nowhere', undefined, 'to nowhere'],
    ['to what is no address', 'http://[', 'to nowhere'],
    ['in a circle', '/v0/metadata.list_schemas', 'and this is not followed'],
  ] as const) {
    it(`is not followed ${name}`, async () => {
      await withTwo(
        () => [redirect(location)],
        nothing,
        async (client, here) => {
          const error = await rejected(client.listSchemas('A'));
          expect(error.code).to.equal('REQUEST_REJECTED');
          expect(error.message).to.contain('metadata.list_schemas: the gateway sends it elsewhere').and.contain(why);
          expect(error.context.http_status).to.equal(302);
          expect(here.requests.length).to.be.at.most(6);
        },
      );
    });
  }

  it('of a POST is not followed: a form would go where nobody asked for it', async () => {
    const script: Script = ({ there }) => [redirect(`${there}/x`, 307)];
    await withTwo(
      script,
      () => [json('1')],
      async (client, _, there) => {
        const request = {
          dataset: 'A',
          schema: 'mbo',
          stypeIn: 'raw_symbol',
          symbols: ['X'],
          start: 0n,
          end: 1n,
        } as const;
        const error = await rejected(client.recordCount({ ...request, limit: null }));
        expect(error.code).to.equal('REQUEST_REJECTED');
        expect(error.message).to.contain(there.address);
        expect(there.requests).to.deep.equal([]);
      },
    );
  });
});
