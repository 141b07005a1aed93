import type { CompressionRung } from '../../adapters/zstd/index.js';
import type { DbnVersion } from '../../core/dbn/index.js';
import type { GatewayAccount } from './accounts.js';
import type { JobState } from './batch/job-states.js';
import type { GatewayDataset } from './dataset.js';
import type { FaultFunction } from './faults/fault.js';
import type { Condition, DayCondition, UnitPrices } from './served-dataset.js';

/** What the stand-in gateway serves and how. Only the datasets have to be said. */
export interface GatewayOptions {
  /** By code, such as `GLBX.MDP3`. Made with `sampled` or `dbnFiles`. */
  readonly datasets: Readonly<Record<string, GatewayDataset | Promise<GatewayDataset>>>;
  /** By API key. Default: one that may do everything, with `STAND_IN_KEY`. */
  readonly accounts?: Readonly<Record<string, GatewayAccount>>;
  /** What goes wrong. Default: nothing. Can be changed while it runs. */
  readonly faults?: FaultFunction;
  /** Of DBN; default 3. */
  readonly version?: DbnVersion;
  /** How zstd is written; default Node's own, where it has it, else `raw`: valid frames that are not compressed. */
  readonly zstd?: CompressionRung;
  /** Bytes of input to a zstd frame; default 64 KiB. What of a frame was cut off is billed and cannot be read. */
  readonly frameBytes?: number;
  /** USD per GB, by dataset and schema; schemas left out have the default prices. */
  readonly unitPrices?: Readonly<Record<string, UnitPrices>>;
  /** Bytes that a GB of the prices has; default 2^30. */
  readonly bytesPerGb?: number;
  /** By dataset and date; default: sessions are available. */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, Condition | DayCondition>>>>;
  /** Keeps the documented rate limits: what goes beyond is a 429 with `Retry-After: 1`. Default false. */
  readonly rateLimits?: boolean;
  /** The states of a batch job, one a poll; default queued, processing, done. */
  readonly jobStates?: readonly JobState[];
  /** Lists of batch jobs hold id, state and ts_received only, as announced for API 0.37. Default false. */
  readonly shortJobLists?: boolean;
}
