import type { CompressionRung } from '../../adapters/zstd/index.js';
import type { DbnVersion } from '../../core/dbn/index.js';
import type { GatewayAccount } from './accounts.js';
import type { BatchJobs } from './batch/batch-jobs.js';
import type { Fault } from './faults/fault.js';
import type { Parameters } from './parameters.js';
import type { Reply } from './reply.js';
import type { ServedDataset } from './served-dataset.js';

/** What all endpoints work with. */
export interface GatewayState {
  readonly datasets: ReadonlyMap<string, ServedDataset>;
  readonly version: DbnVersion;
  readonly zstd: CompressionRung;
  readonly frameBytes: number;
  readonly bytesPerGb: number;
  readonly jobs: BatchJobs;
  readonly shortJobLists: boolean;
}

/** One authenticated request to one endpoint. */
export interface GatewayCall {
  readonly state: GatewayState;
  readonly account: GatewayAccount;
  readonly parameters: Parameters;
  readonly faults: readonly Fault[];
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Behind `/v0/`. */
  readonly path: string;
}

export type Endpoint = (call: GatewayCall) => Reply | Promise<Reply>;
