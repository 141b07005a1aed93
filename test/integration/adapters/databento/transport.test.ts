import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { NodeTransport } from '../../../../src/adapters/databento/transport/node-transport.js';
import { TransportFailure, failureOf } from '../../../../src/adapters/databento/transport/transport-failure.js';
import { clientOf } from '../../../support/historical-client.js';
import { ScriptedGateway, json, silence } from '../../../support/scripted-gateway.js';
import { rejected } from '../../../support/thrown.js';

const FIXTURES = new URL('../../../../../test/fixtures/tls/', import.meta.url);
const CERTIFICATE = readFileSync(new URL('localhost.crt', FIXTURES), 'utf8');
const PRIVATE_KEY = readFileSync(new URL('localhost.key', FIXTURES), 'utf8');

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

async function failing(transport: NodeTransport, url: string): Promise<TransportFailure> {
  try {
    await transport.send({ method: 'GET', url: new URL(url), headers: {} });
  } catch (error) {
    if (error instanceof TransportFailure) return error;
    throw error;
  } finally {
    transport.close();
  }
  throw new Error('expected a failure');
}

describe('the transport', () => {
  it('speaks TLS with a server whose certificate it trusts', async () => {
    const server = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (_, response) => response.end('["mbo"]'));
    const address = await listening(server);
    const { client } = clientOf({ address }, { transportOptions: { ca: CERTIFICATE } });
    try {
      expect(await client.listSchemas('A')).to.deep.equal(['mbo']);
      const job = { id: 'J', state: 'done', ts_received: '2024-01-10T00:00:00Z' };
      server.removeAllListeners('request').on('request', (_, response) => response.end(JSON.stringify(job)));
      const submitted = await client.batch.submitJob({
        dataset: 'A',
        schema: 'mbo',
        symbols: ['X'],
        stypeIn: 'raw_symbol',
        start: 0n,
        end: 1n,
      });
      expect(submitted.id).to.equal('J');
    } finally {
      client.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('knows a server that does not speak TLS, and does not insist', async () => {
    const gateway = await ScriptedGateway.start(json([]));
    const { client, retries } = clientOf({ address: gateway.address.replace('http:', 'https:') });
    try {
      const error = await rejected(client.listSchemas('A'));
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
      expect(error.message).to.match(
        /^metadata\.list_schemas: no connection to https:\S+: what listens there does not speak TLS \(\w+\)$/,
      );
      expect(retries).to.deep.equal([]);
    } finally {
      client.close();
      await gateway.close();
    }
  });

  it('sends nothing to a server whose certificate it does not trust, and does not insist', async () => {
    let asked = 0;
    const server = createTlsServer({ cert: CERTIFICATE, key: PRIVATE_KEY }, (_, response) => {
      asked++;
      response.end();
    });
    const { client, retries } = clientOf({ address: await listening(server) });
    try {
      const error = await rejected(client.listSchemas('A'));
      expect(error.code).to.equal('SOURCE_UNAVAILABLE');
      expect(error.message).to.match(/no connection to https:\S+: its certificate is not trusted \(\w+\)/);
      expect(error.hint).to.contain('NODE_EXTRA_CA_CERTS');
      expect(retries).to.deep.equal([]);
      expect(asked).to.equal(0);
    } finally {
      client.close();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('gives up on a connection that does not come about', async () => {
    // It takes the connection and never says a word of TLS.
    const server = createTcpServer((socket) => void socket.on('error', () => undefined).resume());
    const failure = await failing(new NodeTransport({ connectTimeoutMs: 30 }), await listening(server));
    expect(failure.kind).to.equal('connect');
    expect(failure.message).to.equal('no connection within 0.03 s');
    expect(failure.mayHaveArrived).to.equal(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it('gives up on a reply that does not begin', async () => {
    const gateway = await ScriptedGateway.start(silence);
    const failure = await failing(new NodeTransport({ readTimeoutMs: 30 }), gateway.address);
    expect(failure.kind).to.equal('stalled');
    expect(failure.message).to.equal('no reply began within 0.03 s');
    expect(failure.mayHaveArrived).to.equal(true);
    await gateway.close();
  });

  it('uses a connection again, but never for what must not be sent twice', async () => {
    const gateway = await ScriptedGateway.start(json('[]'));
    const transport = new NodeTransport();
    const send = async (newConnection: boolean): Promise<void> => {
      const reply = await transport.send({ method: 'GET', url: new URL(gateway.address), headers: {}, newConnection });
      expect(reply.header('request-id')).to.equal('req-1');
      expect(reply.header('x-none')).to.equal(undefined);
      for await (const part of reply.body) expect(part.byteLength).to.equal(2);
    };
    for (const newConnection of [false, false, true, true]) await send(newConnection);
    const sockets = gateway.requests.map(({ socket }) => socket);
    expect(sockets[1]).to.equal(sockets[0]);
    expect(new Set(sockets).size).to.equal(3);
    transport.close();
    await gateway.close();
  });

  it('has no more connections at once than it may', async () => {
    let open = 0;
    let most = 0;
    const gateway = await ScriptedGateway.start((response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        response.end('1');
      });
    });
    const transport = new NodeTransport({ connections: 4 });
    const url = new URL(gateway.address);
    const send = async (): Promise<void> => {
      const { body } = await transport.send({ method: 'GET', url, headers: {} });
      await body.next();
      await body.next();
    };
    await Promise.all(Array.from({ length: 20 }, send));
    expect(most).to.be.within(1, 3);
    expect(gateway.requests).to.have.lengthOf(20);
    transport.close();
    await gateway.close();
  });

  it('has words for what the system says, and keeps what it has no words for', () => {
    const withCode = (message: string, code?: unknown): Error => Object.assign(new Error(message), { code });
    expect(failureOf(withCode('getaddrinfo ENOTFOUND x', 'ENOTFOUND'), false)).to.include({
      kind: 'connect',
      message: 'the name of the host is not known (ENOTFOUND)',
      system: 'ENOTFOUND',
    });
    expect(failureOf(withCode('odd:\n  line 7\n', 'EODD'), true).message).to.equal('odd: line 7');
    expect(failureOf(withCode('odd', 'EODD'), true)).to.include({ kind: 'broken', message: 'odd', system: 'EODD' });
    // what Node throws when every address of a host refused
    expect(failureOf(withCode('', 'EODD'), false).message).to.equal('EODD');
    expect(failureOf(withCode(''), false).message).to.equal('no reason given');
  });
});
