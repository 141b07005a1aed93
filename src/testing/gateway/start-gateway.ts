import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableRungs, type CompressionRung } from '../../adapters/zstd/index.js';
import { STAND_IN_KEY } from './accounts.js';
import { BatchJobs } from './batch/batch-jobs.js';
import type { JobState } from './batch/job-states.js';
import { dayOfDate } from './dates.js';
import type { FaultFunction } from './faults/fault.js';
import type { GatewayState } from './gateway-call.js';
import type { GatewayOptions } from './gateway-options.js';
import { DEFAULT_UNIT_PRICES } from './prices.js';
import { RateLimits } from './rate-limits.js';
import { RequestListener } from './request-listener.js';
import { billOf, type GatewayBill, type GatewayRequest } from './request-log.js';
import { ServedDataset, type Condition, type DayCondition } from './served-dataset.js';

const FRAME_BYTES = 64 * 1024;
const BYTES_PER_GB = 2 ** 30;

/** A gateway that runs. */
export interface Gateway {
  /** `http://127.0.0.1:<port>`, for `--gateway` and `DATABENTO_GATEWAY`. */
  readonly url: string;
  /** Every request so far, in the order in which they came. */
  readonly requests: readonly GatewayRequest[];
  /** What was bought so far. */
  readonly bill: GatewayBill;
  /** Says what goes wrong from now on; nothing when left out. */
  setFaults(faults?: FaultFunction): void;
  /** Has the vendor say something else about a day (YYYY-MM-DD). */
  setCondition(dataset: string, date: string, condition: Condition | DayCondition): void;
  /** Has the vendor correct a day (YYYY-MM-DD): its records have other values from now on. */
  revise(dataset: string, date: string): void;
  /** Moves a batch job to a state, such as `expired`. */
  setJobState(jobId: string, state: JobState): void;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/**
 * Starts a stand-in for Databento's Historical API on a free port of 127.0.0.1, for tests and for people without a key.
 * It behaves as the service does, its traps included, as far as that is known.
 *
 * ```ts
 * const gateway = await startGateway({ datasets: { 'GLBX.MDP3': sampled({ start: '2024-01-08', end: '2024-01-13' }) } });
 * ```
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const state = await stateOf(options);
  const closing = new AbortController();
  const listener = new RequestListener(
    state,
    new Map(Object.entries(options.accounts ?? { [STAND_IN_KEY]: {} })),
    options.rateLimits === true ? new RateLimits() : undefined,
    closing.signal,
  );
  listener.faults = options.faults;
  const server = createServer((request, response) => void listener.answer(request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return new RunningGateway(server, state, listener, closing);
}

async function stateOf(options: GatewayOptions): Promise<GatewayState> {
  const datasets = new Map<string, ServedDataset>();
  for (const [code, data] of Object.entries(options.datasets)) {
    const prices = { ...DEFAULT_UNIT_PRICES, ...options.unitPrices?.[code] };
    datasets.set(code, new ServedDataset(code, await data, prices, options.conditions?.[code]));
  }
  return {
    datasets,
    version: options.version ?? 3,
    zstd: options.zstd ?? (await defaultRung()),
    frameBytes: options.frameBytes ?? FRAME_BYTES,
    bytesPerGb: options.bytesPerGb ?? BYTES_PER_GB,
    jobs: new BatchJobs(options.jobStates),
    shortJobLists: options.shortJobLists ?? false,
  };
}

async function defaultRung(): Promise<CompressionRung> {
  return (await availableRungs()).includes('node') ? 'node' : 'raw';
}

class RunningGateway implements Gateway {
  readonly url: string;

  constructor(
    private readonly server: Server,
    private readonly state: GatewayState,
    private readonly listener: RequestListener,
    private readonly closing: AbortController,
  ) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  get requests(): readonly GatewayRequest[] {
    return this.listener.requests;
  }

  get bill(): GatewayBill {
    return billOf(this.listener.requests);
  }

  setFaults(faults?: FaultFunction): void {
    this.listener.faults = faults;
  }

  setCondition(dataset: string, date: string, condition: Condition | DayCondition): void {
    this.dataset(dataset).setCondition(date, condition);
  }

  revise(dataset: string, date: string): void {
    this.dataset(dataset).revised.add(dayOfDate(date));
  }

  setJobState(jobId: string, state: JobState): void {
    this.state.jobs.setState(jobId, state);
  }

  async close(): Promise<void> {
    this.closing.abort();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeAllConnections();
    await closed;
  }

  private dataset(code: string): ServedDataset {
    const found = this.state.datasets.get(code);
    if (found === undefined) throw new RangeError(`the gateway does not serve "${code}"`);
    return found;
  }
}
