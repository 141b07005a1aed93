import { DEFAULT_GATEWAY, Gateway } from '../adapters/databento/gateway.js';
import type { ApiKey, HistoricalClient, HttpTransport, RetrySettings } from '../adapters/databento/index.js';
import { systemSleep } from '../adapters/system/system-sleep.js';
import type { Clock } from '../core/clock/clock.js';
import { TickloomError } from '../core/errors/index.js';
import { counted } from '../core/text/counted.js';
import { packageVersion } from './package-version.js';
import type { LeveledNote } from './leveled-note.js';
import type { TickloomOptions } from './tickloom.js';

/** The API that is built in. */
export const DATABENTO = 'databento';

/** Different ones that are kept in mind. */
const MOST_WARNINGS = 1000;

/** The way to the Historical API of one instance: address and key. Nothing is read or connected before the first need. */
export class ApiAccess {
  constructor(
    private readonly options: Pick<TickloomOptions, 'apiKey' | 'apiKeyFile' | 'gateway' | 'env'>,
    private readonly clock: Clock,
    private readonly http: () => Promise<HttpTransport>,
  ) {}

  /**
   * @param retries what differs from the usual
   * @param onNote takes warnings of the service, each once, and word of what is tried again
   * @returns a client; close it
   * @throws API_UNKNOWN, API_KEY_INVALID, CONFIG_INVALID for the gateway
   */
  async open(
    api: string,
    onNote: LeveledNote = () => undefined,
    retries: Partial<RetrySettings> = {},
  ): Promise<HistoricalClient> {
    if (api !== DATABENTO) {
      throw new TickloomError('API_UNKNOWN', `unknown API "${api}"; known: ${DATABENTO}`, {
        hint: `Write --api ${DATABENTO}.`,
        context: { api },
      });
    }
    const address = Gateway.parse(this.address);
    const clock = this.clock;
    // what every reply of a run repeats is worth one line
    const warned = new Set<string>();
    const onWarning = (text: string): void => {
      if (!warned.has(text)) onNote('warning', text);
      if (warned.size < MOST_WARNINGS) warned.add(text);
    };
    const { HistoricalClient } = await import('../adapters/databento/index.js');
    return new HistoricalClient({
      key: await this.#key(),
      gateway: address,
      retries,
      transport: await this.http(),
      clock: { now: () => clock.now(), monotonicMs: () => clock.monotonicMs(), sleep: systemSleep },
      userAgent: `Tickloom/${packageVersion()}`,
      onWarning,
      onRetry: ({ reason, retriesLeft }) =>
        onNote('info', `${reason}; trying again, ${counted(retriesLeft, 'time')} left`),
    });
  }

  /** Where the API is asked, as it was given. */
  get address(): string {
    const { env = {}, gateway = env['DATABENTO_GATEWAY'] } = this.options;
    return gateway === undefined || gateway === '' ? DEFAULT_GATEWAY : gateway;
  }

  /** Whether a key is given at all, good or not. */
  get keyGiven(): boolean {
    const { apiKey, apiKeyFile, env = {} } = this.options;
    return apiKey !== undefined || apiKeyFile !== undefined || (env['DATABENTO_API_KEY'] ?? '') !== '';
  }

  async #key(): Promise<ApiKey> {
    const { apiKey, apiKeyFile, env = {} } = this.options;
    const { ApiKey, findApiKey } = await import('../adapters/databento/index.js');
    if (apiKey !== undefined) return ApiKey.parse(apiKey, 'the option apiKey');
    return findApiKey({ file: apiKeyFile, variable: env['DATABENTO_API_KEY'] });
  }
}
