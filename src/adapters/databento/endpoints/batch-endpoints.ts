import type { ApiCall } from '../../../core/historical/historical-api.js';
import type { StypeIn } from '../../../core/historical/range-request.js';
import type { ApiCaller } from '../calls/api-caller.js';
import { ENDPOINTS } from '../calls/endpoint.js';
import { FileDownload, type DownloadedFile, type DownloadOptions } from '../download/download-file.js';
import { BatchFile } from '../replies/batch-file.js';
import { BatchJob } from '../replies/batch-job.js';
import { readJson } from '../replies/read-reply.js';
import { limitParameter, symbolsParameter } from './parameters.js';

/** A job to submit. What is left out has the default of the official clients. */
export interface JobRequest {
  readonly dataset: string;
  readonly schema: string;
  readonly symbols: readonly string[];
  readonly stypeIn: StypeIn;
  /** Default `instrument_id`. */
  readonly stypeOut?: 'instrument_id' | 'raw_symbol';
  /** ns since the epoch, inclusive. */
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
  readonly limit?: bigint | null;
  /** Default `dbn`. */
  readonly encoding?: 'dbn' | 'csv' | 'json';
  /** Default `zstd`. */
  readonly compression?: 'zstd' | 'none';
  /** For csv and json, like `prettyTs` and `mapSymbols`. */
  readonly prettyPx?: boolean;
  readonly prettyTs?: boolean;
  /** Default true for csv and json, false for dbn. */
  readonly mapSymbols?: boolean;
  readonly splitSymbols?: boolean;
  /** Default `day`. */
  readonly splitDuration?: 'day' | 'week' | 'month' | 'year' | 'none';
  /** Bytes, 1e9 to 10e9. */
  readonly splitSize?: number | null;
}

export interface JobFilter {
  /** Default all but `expired`. */
  readonly states?: readonly string[];
  /** Received since then, ns since the epoch. */
  readonly since?: bigint;
  /** Ask for id, state and ts_received alone; the service is about to give nothing else. */
  readonly short?: boolean;
}

/** The endpoints `batch.*`. Submitting a job costs money, everything else is free. */
export class BatchEndpoints {
  constructor(private readonly caller: ApiCaller) {}

  /**
   * Submits a job, once: it is not tried again when the service may have seen it, because nothing tells two submissions
   * apart.
   * @throws SUBMISSION_UNCERTAIN when nobody can tell whether the job was taken
   */
  async submitJob(request: JobRequest, call: ApiCall = {}): Promise<BatchJob> {
    const encoding = request.encoding ?? 'dbn';
    return this.caller.ask({
      endpoint: ENDPOINTS.submitJob,
      parameters: {
        dataset: request.dataset,
        start: String(request.start),
        end: String(request.end),
        symbols: symbolsParameter(request.symbols),
        schema: request.schema,
        stype_in: request.stypeIn,
        stype_out: request.stypeOut ?? 'instrument_id',
        encoding,
        compression: request.compression ?? 'zstd',
        pretty_px: String(request.prettyPx ?? false),
        pretty_ts: String(request.prettyTs ?? false),
        map_symbols: String(request.mapSymbols ?? encoding !== 'dbn'),
        split_symbols: String(request.splitSymbols ?? false),
        split_duration: request.splitDuration ?? 'day',
        split_size: request.splitSize?.toString(),
        delivery: 'download',
        limit: limitParameter(request.limit ?? null),
      },
      read: async (received, asked) => (await readJson(received, asked)).object(BatchJob),
      signal: call.signal,
    });
  }

  /** Jobs in order of ts_received; in the short form most of their fields are null. */
  async listJobs({ states, since, short }: JobFilter = {}, call: ApiCall = {}): Promise<readonly BatchJob[]> {
    const reply = await this.caller.ask({
      endpoint: ENDPOINTS.listJobs,
      parameters: { states: states?.join(','), since: since?.toString(), short: short?.toString() },
      read: readJson,
      signal: call.signal,
    });
    return reply.list(BatchJob);
  }

  async getJobDetails(jobId: string, call: ApiCall = {}): Promise<BatchJob> {
    const parameters = { job_id: jobId };
    const endpoint = ENDPOINTS.getJobDetails;
    return (await this.caller.ask({ endpoint, parameters, read: readJson, signal: call.signal })).object(BatchJob);
  }

  /** Files of a job that is done. @throws REQUEST_REJECTED with case `batch_job_not_ready` before */
  async listFiles(jobId: string, call: ApiCall = {}): Promise<readonly BatchFile[]> {
    const parameters = { job_id: jobId };
    const endpoint = ENDPOINTS.listFiles;
    return (await this.caller.ask({ endpoint, parameters, read: readJson, signal: call.signal })).list(BatchFile);
  }

  /** Downloads a file into a folder, going on from what an earlier try has left. @throws DOWNLOAD_CORRUPT, OUTPUT_UNWRITABLE */
  async downloadFile(file: BatchFile, folder: string, options: DownloadOptions = {}): Promise<DownloadedFile> {
    return new FileDownload(this.caller, file, folder, options).run();
  }
}
