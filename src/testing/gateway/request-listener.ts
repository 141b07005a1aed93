import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { accountOf, keyOf, type GatewayAccount } from './accounts.js';
import { ApiError, plainError } from './api-error.js';
import { ROUTES } from './endpoints/endpoints.js';
import type { Fault, FaultFunction } from './faults/fault.js';
import { statusReply, type StatusFault } from './faults/status-reply.js';
import { sendReply } from './faults/send-reply.js';
import type { GatewayState } from './gateway-call.js';
import { Parameters } from './parameters.js';
import type { RateLimits } from './rate-limits.js';
import { errorReply, type Reply } from './reply.js';
import type { GatewayRequest } from './request-log.js';

const PREFIX = '/v0/';
const FILE_PREFIX = 'batch/download/';
const FORM = 'application/x-www-form-urlencoded';

/** Answers requests one by one: log, faults, authentication, endpoint, reply. */
export class RequestListener {
  faults: FaultFunction | undefined;
  readonly requests: GatewayRequest[] = [];
  private readonly attempts = new Map<string, number>();
  private inFlight = 0;

  constructor(
    private readonly state: GatewayState,
    private readonly accounts: ReadonlyMap<string, GatewayAccount>,
    private readonly limits: RateLimits | undefined,
    private readonly closing: AbortSignal,
  ) {}

  async answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    // A connection that breaks is told by its closing.
    response.on('error', () => undefined);
    try {
      const body = await bodyOf(message);
      const url = new URL(message.url ?? '/', 'http://gateway');
      const request = this.log(message, url, body);
      response.setHeader('request-id', request.id);
      const reply = await this.reply(message, url, body, request);
      request.billedUsd += reply.usd ?? 0;
      await sendReply(response, reply, request, this.closing);
    } catch {
      // The other side left in the middle of its request, or a reply could not be made: there is nobody to tell.
      response.destroy();
    } finally {
      this.inFlight -= 1;
    }
  }

  private log(message: IncomingMessage, url: URL, body: string): GatewayRequest {
    const parameters = readParameters(message, url, body).toObject();
    const endpoint = endpointOf(url.pathname);
    const key = JSON.stringify([endpoint, url.pathname, parameters]);
    const attempt = this.attempts.get(key) ?? 0;
    this.attempts.set(key, attempt + 1);
    const seen = { endpoint, method: message.method ?? '', parameters, attempt, ordinal: this.requests.length };
    const request: GatewayRequest = {
      ...seen,
      id: randomUUID(),
      headers: withoutSecrets(message),
      receivedAt: Date.now(),
      inFlight: this.inFlight,
      faults: faultsOf(this.faults?.(seen)),
      status: null,
      bytesSent: 0,
      billedBytes: 0,
      billedUsd: 0,
      completed: false,
      done: false,
      keyLeaked: this.leaks(message, body, parameters),
    };
    this.requests.push(request);
    return request;
  }

  /** Whether a key stands anywhere but where it belongs, also in the form that the header has. */
  private leaks(message: IncomingMessage, body: string, parameters: Record<string, string>): boolean {
    const others = Object.entries(message.headers).filter(([name]) => name !== 'authorization');
    const places = [message.url ?? '', body, JSON.stringify([parameters, others])].join('\n');
    return [...this.accounts.keys()].some(
      (key) => places.includes(key) || places.includes(Buffer.from(`${key}:`).toString('base64')),
    );
  }

  private async reply(
    message: IncomingMessage,
    url: URL,
    body: string,
    { endpoint, faults, headers }: GatewayRequest,
  ): Promise<Reply> {
    try {
      const account = accountOf(this.accounts, keyOf(message.headers));
      const status = faults.find((fault): fault is StatusFault => fault.kind === 'status');
      if (status !== undefined) return statusReply(status);
      this.limits?.check(endpoint, Date.now());
      const route = ROUTES[endpoint];
      if (route === undefined) throw plainError(404, 'Not Found');
      if (!route.methods.includes(message.method ?? '')) {
        throw plainError(405, 'Method Not Allowed', { Allow: route.methods.join(', ') });
      }
      const parameters = readParameters(message, url, body);
      const path = url.pathname.slice(PREFIX.length);
      return await route.endpoint({ state: this.state, account, parameters, faults, headers, path });
    } catch (error) {
      if (error instanceof ApiError) return errorReply(error);
      return internalError(error);
    }
  }
}

/** A fault of the stand-in itself: its text tells whoever wrote the test. */
function internalError(error: unknown): Reply {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, headers: { 'Content-Type': 'text/plain' }, body: Buffer.from(text) };
}

function endpointOf(path: string): string {
  if (!path.startsWith(PREFIX)) return path;
  const name = path.slice(PREFIX.length);
  return name.startsWith(FILE_PREFIX) ? 'batch.file' : name;
}

function readParameters(message: IncomingMessage, url: URL, body: string): Parameters {
  const form = message.method === 'POST' && (message.headers['content-type'] ?? FORM).startsWith(FORM);
  return form ? new Parameters(new URLSearchParams(body), 'body') : new Parameters(url.searchParams, 'query');
}

function withoutSecrets({ headers }: IncomingMessage): Record<string, string | undefined> {
  const { authorization, ...others } = headers;
  const shown = authorization === undefined ? {} : { authorization: authorization.replace(/ .*/s, ' …') };
  return Object.fromEntries(Object.entries({ ...others, ...shown }).map(([name, value]) => [name, String(value)]));
}

function faultsOf(found: ReturnType<FaultFunction>): readonly Fault[] {
  if (found === undefined) return [];
  return 'kind' in found ? [found] : found;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString();
}
