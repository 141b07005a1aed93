import { TickloomError } from '../../../core/errors/index.js';
import type { ApiKey } from '../api-key.js';
import { statusFailure, transportFailure, type Asked } from '../errors/attempt-failures.js';
import { FailedAttempt, type Failure } from '../errors/failed-attempt.js';
import { readRetryAfter } from '../errors/retry-after.js';
import { readWarnings } from '../errors/warnings.js';
import type { Gateway } from '../gateway.js';
import type { HttpReply, HttpRequest, HttpTransport } from '../transport/http-transport.js';
import { TransportFailure } from '../transport/transport-failure.js';
import type { Endpoint } from './endpoint.js';
import { uncertain } from './once.js';
import { RateLimits, type ClientClock } from './rate-limits.js';
import { readText } from './read-text.js';
import { sendFollowing } from './redirected.js';
import { retrying, type RetryNote, type RetrySettings } from './retrying.js';

/** The most of an error body that is looked at. */
const ERROR_BYTES = 64 * 1024;

export interface ApiCallerOptions {
  readonly key: ApiKey;
  readonly gateway: Gateway;
  readonly transport: HttpTransport;
  readonly clock: ClientClock;
  readonly retries: RetrySettings;
  readonly userAgent: string;
  /** A warning of the service, `Type: message`, one harmless line. */
  readonly onWarning?: ((text: string) => void) | undefined;
  readonly onRetry?: ((note: RetryNote) => void) | undefined;
}

/** Parameters as they are sent; `undefined` is left out. */
export type ApiParameters = Readonly<Record<string, string | undefined>>;

export interface ApiRequest<T> {
  readonly endpoint: Endpoint;
  readonly parameters?: ApiParameters;
  /** Where to ask, instead of the endpoint's own address. */
  readonly url?: URL;
  /** What was asked for, in errors, when the name of the endpoint says too little. */
  readonly what?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses to read besides the successes. */
  readonly alsoReads?: readonly number[];
  /** Turns a success into what the caller wants. A FailedAttempt or TransportFailure here is one of the try. */
  read(reply: HttpReply, asked: Asked): Promise<T>;
  readonly signal?: AbortSignal | undefined;
}

/** Asks the API one thing: key, limits, redirects, warnings, errors and retries are the same for every endpoint. */
export class ApiCaller {
  readonly gateway: Gateway;
  readonly clock: ClientClock;
  readonly #limits: RateLimits;
  #closed = false;
  /** How far the service's clock is before ours. */
  #aheadMs = 0;
  readonly #redact = (text: string): string => this.options.key.redact(text);

  constructor(private readonly options: ApiCallerOptions) {
    this.gateway = options.gateway;
    this.clock = options.clock;
    this.#limits = new RateLimits(options.clock);
  }

  /**
   * @throws ACCESS_DENIED · REQUEST_REJECTED · SOURCE_UNAVAILABLE when tries are spent · CANCELLED · SUBMISSION_UNCERTAIN
   * for an endpoint that must not be asked twice
   */
  async ask<T>(request: ApiRequest<T>): Promise<T> {
    const { endpoint, signal } = request;
    const asked: Asked = {
      what: request.what ?? endpoint.name,
      gateway: this.gateway.address,
      context: { endpoint: endpoint.name },
      redact: this.#redact,
    };
    const fate: { done: Failure['done'] } = { done: 'no' };
    try {
      return await retrying(
        {
          endpoint: endpoint.name,
          attempt: async () => {
            if (endpoint.limit !== null) await this.#limits.take(endpoint.limit, signal);
            fate.done = 'perhaps';
            return this.#attempt(request, asked).catch((error: unknown) => {
              if (error instanceof FailedAttempt) fate.done = error.failure.done;
              throw error;
            });
          },
          mayRepeat: ({ failure }) => !this.#closed && (endpoint.once !== true || failure.done === 'no'),
          signal,
        },
        { settings: this.options.retries, clock: this.options.clock, onRetry: this.options.onRetry },
      );
    } catch (error) {
      const ended = signal?.aborted === true ? cancelled(asked) : error;
      throw endpoint.once === true && fate.done === 'perhaps' ? uncertain(ended) : ended;
    }
  }

  /** The time by the service's own clock, as its last answer told: ours may be wrong. Before the first one, ours. */
  serviceTime(): Date {
    return new Date(this.clock.now().getTime() + this.#aheadMs);
  }

  /** Ends what is under way: it fails, and nothing is tried again. */
  close(): void {
    this.#closed = true;
    this.options.transport.close();
  }

  /** Passes a warning of our own on as those of the service. */
  warn(text: string): void {
    this.options.onWarning?.(text);
  }

  /** A header that repeats the key must not bring it into an error. */
  readonly #send = async (request: HttpRequest): Promise<HttpReply> => {
    const reply = await this.options.transport.send(request);
    const headers = (name: string): readonly string[] => reply.headers(name).map(this.#redact);
    return { status: reply.status, body: reply.body, headers, header: (name) => headers(name)[0] };
  };

  async #attempt<T>(request: ApiRequest<T>, asked: Asked): Promise<T> {
    let reply: HttpReply | undefined;
    try {
      reply = await sendFollowing(this.#send, this.#httpRequest(request), asked);
      this.#setTime(reply);
      for (const warning of readWarnings(reply.headers('x-warning'))) this.warn(warning);
      const success = (reply.status >= 200 && reply.status < 300) || request.alsoReads?.includes(reply.status) === true;
      if (success) return await request.read(reply, asked);
      throw await this.#refusal(reply, asked, request.endpoint);
    } catch (error) {
      throw error instanceof TransportFailure ? transportFailure(asked, error, reply) : error;
    }
  }

  async #refusal(reply: HttpReply, asked: Asked, { once }: Endpoint): Promise<FailedAttempt> {
    const text = await readText(reply.body, ERROR_BYTES).then(
      (body) => body.text,
      (error: unknown) => {
        // Only the text tells a wrong request from a day without data. What must not be asked twice is refused by the status.
        if (once !== true && !saysAll(reply.status)) throw error;
        return '';
      },
    );
    const retryAfterMs = readRetryAfter(reply.header('retry-after'), this.serviceTime());
    return statusFailure(asked, reply, text, retryAfterMs);
  }

  #setTime(reply: HttpReply): void {
    const sentMs = new Date(reply.header('date') ?? '').getTime();
    if (!Number.isNaN(sentMs)) this.#aheadMs = sentMs - this.clock.now().getTime();
  }

  #httpRequest({ endpoint, parameters = {}, url, headers, signal }: ApiRequest<unknown>): HttpRequest {
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
    const address = url ?? this.gateway.urlOf(endpoint.name);
    const posted = endpoint.method === 'POST';
    if (!posted && form.size > 0) address.search = form.toString();
    return {
      method: endpoint.method,
      url: address,
      headers: {
        Authorization: this.options.key.authorization(),
        Accept: 'application/json',
        // Bytes are counted and resumed as they are stored.
        'Accept-Encoding': 'identity',
        'User-Agent': this.options.userAgent,
        ...(posted ? { 'Content-Type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      body: posted ? form.toString() : undefined,
      signal,
      newConnection: endpoint.once === true,
    };
  }
}

function cancelled({ what, context }: Asked): TickloomError {
  return new TickloomError('CANCELLED', `asking ${what} was cancelled`, {
    hint: 'Run the same command again to go on.',
    context,
  });
}

/** Statuses that mean the same whatever their text says. */
function saysAll(status: number): boolean {
  return [401, 402, 403].includes(status) || status === 429 || status >= 500;
}
