import { ApiKey, Gateway, HistoricalClient, NodeTransport } from '../../src/adapters/databento/index.js';
import type { HistoricalClientOptions, NodeTransportOptions } from '../../src/adapters/databento/index.js';
import type { ScriptedGateway } from './scripted-gateway.js';

/** Has the form of a key and opens nothing. */
export const TEST_KEY = 'db-0123456789abcdefghijklmnopqrs';

export interface TestClient {
  readonly client: HistoricalClient;
  readonly warnings: string[];
  readonly retries: string[];
  /** Waits that were asked for, in ms. None is really waited for. */
  readonly waits: number[];
}

export type TestClientOptions = Partial<HistoricalClientOptions> & { readonly transportOptions?: NodeTransportOptions };

/** A client of a gateway of our own: short time-outs, tries without a wait. */
export function clientOf(
  gateway: Pick<ScriptedGateway, 'address'>,
  { transportOptions, ...options }: TestClientOptions = {},
): TestClient {
  const warnings: string[] = [];
  const retries: string[] = [];
  const waits: number[] = [];
  const client = new HistoricalClient({
    key: ApiKey.parse(TEST_KEY, 'the test'),
    gateway: Gateway.parse(gateway.address),
    transport: new NodeTransport(transportOptions),
    clock: {
      now: () => new Date('2024-01-10T00:00:00Z'),
      monotonicMs: () => performance.now(),
      sleep: async (ms, signal) => {
        waits.push(ms);
        signal?.throwIfAborted();
      },
    },
    onWarning: (text) => warnings.push(text),
    onRetry: ({ reason }) => retries.push(reason),
    ...options,
    retries: { retries: 2, minDelayMs: 1, maxDelayMs: 1, ...options.retries },
  });
  return { client, warnings, retries, waits };
}
