import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { HttpReply, HttpRequest, HttpTransport } from './http-transport.js';
import { ReplyBody } from './reply-body.js';
import { failureOf, TransportFailure } from './transport-failure.js';

export interface NodeTransportOptions {
  /** Connections at once; the service allows 100. */
  readonly connections?: number;
  /** Longest wait for a connection, TLS included. */
  readonly connectTimeoutMs?: number;
  /** Longest wait for the reply to begin, and for each read of its body. */
  readonly readTimeoutMs?: number;
  /** Certificates to believe besides Node's own, for tests. */
  readonly ca?: string;
}

const DEFAULTS = { connections: 100, connectTimeoutMs: 100_000, readTimeoutMs: 100_000 };

/** HTTP through Node's own client, which alone tells when a request has left and when a body is cut. */
export class NodeTransport implements HttpTransport {
  readonly #connectTimeoutMs: number;
  readonly #readTimeoutMs: number;
  readonly #agents: Record<'http:' | 'https:', { readonly kept: http.Agent; readonly single: http.Agent }>;

  constructor(options: NodeTransportOptions = {}) {
    const { connections, connectTimeoutMs, readTimeoutMs } = { ...DEFAULTS, ...options };
    this.#connectTimeoutMs = connectTimeoutMs;
    this.#readTimeoutMs = readTimeoutMs;
    // One of them is set aside for requests that must have a connection of their own.
    const pool = { keepAlive: true, maxSockets: connections - 1, maxTotalSockets: connections - 1 };
    const alone = { maxSockets: 1, maxTotalSockets: 1 };
    const tls = options.ca === undefined ? {} : { ca: options.ca };
    this.#agents = {
      'http:': { kept: new http.Agent(pool), single: new http.Agent(alone) },
      'https:': { kept: new https.Agent({ ...pool, ...tls }), single: new https.Agent({ ...alone, ...tls }) },
    };
  }

  async send(request: HttpRequest): Promise<HttpReply> {
    request.signal?.throwIfAborted();
    return this.#exchange(request);
  }

  close(): void {
    for (const { kept, single } of Object.values(this.#agents)) {
      kept.destroy();
      single.destroy();
    }
  }

  #exchange({ method, url, headers, body, signal, newConnection = false }: HttpRequest): Promise<HttpReply> {
    const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
    const { kept, single } = this.#agents[protocol];
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const outgoing = (protocol === 'https:' ? https : http).request(url, {
      method,
      agent: newConnection ? single : kept,
      headers: { ...headers, ...length, ...(newConnection ? { Connection: 'close' } : {}) },
    });
    return new Promise((resolve, reject) => {
      let connected = false;
      let timer: NodeJS.Timeout | undefined;
      const wait = (ms: number, failure: TransportFailure): void => {
        clearTimeout(timer);
        timer = setTimeout(() => outgoing.destroy(failure), ms);
      };
      const onConnected = (): void => {
        connected = true;
        const seconds = this.#readTimeoutMs / 1000;
        wait(this.#readTimeoutMs, new TransportFailure('stalled', `no reply began within ${seconds} s`));
      };
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        settle();
        // One that queues for a connection would report its end only when it gets one.
        reject(signal?.reason as Error);
        outgoing.destroy();
      };
      // Only now does the wait begin: before, it may have queued for a free connection.
      outgoing.once('socket', (socket: Socket) => {
        if (!socket.connecting) return onConnected();
        const seconds = this.#connectTimeoutMs / 1000;
        wait(this.#connectTimeoutMs, new TransportFailure('connect', `no connection within ${seconds} s`));
        socket.once(protocol === 'https:' ? 'secureConnect' : 'connect', onConnected);
      });
      outgoing.once('response', (message) => {
        settle();
        resolve({
          status: message.statusCode ?? 0,
          header: (name) => message.headersDistinct[name]?.[0],
          headers: (name) => message.headersDistinct[name] ?? [],
          body: new ReplyBody(message, this.#readTimeoutMs, signal),
        });
      });
      outgoing.on('error', (error) => {
        settle();
        reject(failureOf(error, connected));
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.end(body);
    });
  }
}
