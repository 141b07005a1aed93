import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Query or form, whichever it has. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly body: string;
  readonly socket: Socket;
}

/** What the server does with one request. */
export type Answer = (response: ServerResponse, request: ReceivedRequest) => unknown;

/** A real HTTP server on this machine that answers by a script: the answers in turn, the last one for ever. */
export class ScriptedGateway {
  readonly requests: ReceivedRequest[] = [];
  /** Also after it is closed, when nothing listens there any more. */
  address = '';
  readonly #server: Server;
  readonly #answers: Answer[];

  private constructor(answers: readonly Answer[]) {
    this.#answers = [...answers];
    this.#server = createServer((incoming, response) => void this.#answer(incoming, response));
  }

  static async start(...answers: readonly Answer[]): Promise<ScriptedGateway> {
    const gateway = new ScriptedGateway(answers);
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    gateway.address = `http://127.0.0.1:${(gateway.#server.address() as AddressInfo).port}`;
    return gateway;
  }

  get lastRequest(): ReceivedRequest {
    const last = this.requests.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  /** Goes on with other answers. */
  answerWith(...answers: readonly Answer[]): void {
    this.#answers.splice(0, Infinity, ...answers);
  }

  /** Connections that are open now. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away is part of the script.
    incoming.on('error', () => undefined);
    let body = '';
    for await (const part of incoming) body += String(part);
    const path = incoming.url ?? '';
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      path,
      headers: incoming.headers,
      parameters: Object.fromEntries(new URLSearchParams(body === '' ? path.split('?')[1] : body)),
      body,
      socket: incoming.socket,
    };
    this.requests.push(request);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined) throw new Error(`no answer to ${path}`);
    await answer(response, request);
  }
}

/** A JSON reply, or the very text of one. */
export const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response
      .writeHead(status, { 'Content-Type': 'application/json', 'request-id': 'req-1', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));

/** A reply of any kind, in pieces without a length. */
export const chunked =
  (pieces: readonly (string | Uint8Array)[], status = 200, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'request-id': 'req-1', ...headers });
    for (const piece of pieces) response.write(piece);
    response.end();
  };

/** Pieces of a body, and then the connection ends in the middle of it. */
export const cutAfter =
  (pieces: readonly (string | Uint8Array)[], headers: Readonly<Record<string, string>> = {}): Answer =>
  async (response, { socket }) => {
    response.writeHead(200, { 'request-id': 'req-1', ...headers });
    response.flushHeaders();
    for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve));
    socket.end();
  };

/** No reply at all: the connection is reset. */
export const reset: Answer = (_response, { socket }) => socket.resetAndDestroy();

/** No reply and no end. */
export const silence: Answer = () => undefined;
