import { checkFunds, type GatewayAccount } from '../accounts.js';
import { businessError, plainError } from '../api-error.js';
import { describeJob, type BatchJob, type JobDelivery } from '../batch/batch-job.js';
import type { JobFile } from '../batch/job-file.js';
import { describeFile, makeFiles } from '../batch/job-files.js';
import { JOB_STATES, type JobState } from '../batch/job-states.js';
import { SPLIT_DURATIONS } from '../batch/split-ranges.js';
import { readDataRequest, type DataRequest } from '../data-request.js';
import type { Endpoint, GatewayCall, GatewayState } from '../gateway-call.js';
import { mapsSymbols } from '../metadata-of.js';
import type { Parameters } from '../parameters.js';
import { usdPerByte } from '../prices.js';
import { countOf } from '../record-stream.js';
import { jsonReply } from '../reply.js';
import { recordSizeOf } from './pricing.js';

const DEFAULT_USER = 'STANDIN';
const [LEAST_SPLIT_SIZE, MOST_SPLIT_SIZE] = [1e9, 10e9];
const SHORT_ONLY = 'DeprecationWarning: short=false is deprecated, list_jobs returns the short form only.';

/** batch.submit_job: every call makes a job of its own, and bills it. */
export const submitJob: Endpoint = ({ state, parameters, account }) => {
  for (const name of ['symbols', 'schema']) parameters.required(name);
  const request = readDataRequest(parameters, state.datasets, account, 1);
  const delivery = deliveryOf(parameters, request);
  checkFunds(account);
  const version = request.dataset.data.versionFor(state.version);
  const recordCount = countOf(request, version);
  const billedSize = recordCount * recordSizeOf(request.schema, version);
  const costUsd = billedSize * usdPerByte(state, request, 'historical');
  const userId = userOf(account);
  const job = state.jobs.add({ userId, request, delivery, recordCount, billedSize, costUsd, receivedAt: Date.now() });
  return { ...jsonReply(describeJob(job, null)), usd: costUsd };
};

/** batch.list_jobs, and so a poll of all of them. */
export const listJobs: Endpoint = async ({ state, parameters, account }) => {
  const states = statesOf(parameters);
  const since = parameters.time('since')?.nanos ?? 0n;
  const short = state.shortJobLists || parameters.boolean('short');
  const listed = state.jobs
    .poll(userOf(account))
    .filter((job) => states.includes(job.state) && BigInt(job.receivedAt) * 1_000_000n >= since);
  const described = await Promise.all(listed.map((job) => describe(state, job)));
  const shown = short ? described.map(({ id, state: at, ts_received }) => ({ id, state: at, ts_received })) : described;
  const asked = state.shortJobLists && parameters.optional('short') !== undefined && !parameters.boolean('short');
  return jsonReply(shown, 200, asked ? { 'X-Warning': JSON.stringify([SHORT_ONLY]) } : {});
};

/** batch.get_job_details, and so a poll of the job. */
export const getJobDetails: Endpoint = async (call) => {
  const job = jobOf(call);
  call.state.jobs.moveOn(job);
  return jsonReply(await describe(call.state, job));
};

export const listFiles: Endpoint = async (call) => {
  const job = jobOf(call);
  return jsonReply((await filesOf(call.state, job)).map((file) => describeFile(job, file)));
};

/** batch.download: one ZIP of all files, which the stand-in does not make. */
export const downloadAll: Endpoint = (call) => {
  jobOf(call);
  throw plainError(501, 'The stand-in gateway makes no ZIP files; download the files one by one.');
};

/** batch/download/{user_id}/{job_id}/{filename}: a file, also a range of its bytes. */
export const downloadFile: Endpoint = async ({ state, account, path, headers }) => {
  const [, , userId, jobId = '', filename] = path.split('/').map(decodeURIComponent);
  const job = state.jobs.find(userOf(account), jobId);
  const file = (await filesOf(state, job)).find((one) => one.filename === filename && job.userId === userId);
  if (file === undefined) throw plainError(404, 'Not Found');
  const { bytes } = file;
  const whole = {
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': `attachment; filename=${file.filename}`,
    'Accept-Ranges': 'bytes',
  };
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  if (from === undefined) return { status: 200, headers: whole, body: bytes };
  const start = Number(from);
  const end = Math.min(bytes.length, to === '' || to === undefined ? bytes.length : Number(to) + 1);
  if (start >= end) {
    return { status: 416, headers: { 'Content-Range': `bytes */${bytes.length}` }, body: new Uint8Array(0) };
  }
  const range = { 'Content-Range': `bytes ${start}-${end - 1}/${bytes.length}` };
  return { status: 206, headers: { ...whole, ...range }, body: bytes.subarray(start, end) };
};

function deliveryOf(parameters: Parameters, request: DataRequest): JobDelivery {
  const splitSize = parameters.integer('split_size', LEAST_SPLIT_SIZE) ?? null;
  if (splitSize !== null && splitSize > MOST_SPLIT_SIZE) {
    throw parameters.refusal(
      'split_size',
      `Input should be less than or equal to ${MOST_SPLIT_SIZE}`,
      'less_than_equal',
    );
  }
  parameters.oneOf('delivery', ['download'], 'download');
  const splitSymbols = parameters.boolean('split_symbols');
  if (splitSymbols && request.selection.all) {
    throw businessError(422, 'batch_split_symbols_not_supported', 'split_symbols cannot be used with ALL_SYMBOLS.');
  }
  return {
    encoding: parameters.oneOf('encoding', ['dbn', 'csv', 'json']) as JobDelivery['encoding'],
    compression: parameters.oneOf('compression', ['none', 'zstd'], 'none') as JobDelivery['compression'],
    prettyPx: parameters.boolean('pretty_px'),
    prettyTs: parameters.boolean('pretty_ts'),
    mapSymbols: mapsSymbols(parameters, request),
    splitSymbols,
    splitDuration: parameters.oneOf('split_duration', SPLIT_DURATIONS, 'day'),
    splitSize,
  };
}

function statesOf(parameters: Parameters): readonly string[] {
  const asked = parameters.optional('states')?.split(',');
  if (asked === undefined) return JOB_STATES.filter((state) => state !== 'expired');
  const unknown = asked.find((state) => !JOB_STATES.includes(state as JobState));
  if (unknown !== undefined) throw plainError(400, `Invalid job state: ${unknown}`);
  return asked;
}

async function describe(state: GatewayState, job: BatchJob): Promise<Record<string, unknown>> {
  return describeJob(job, job.state === 'done' ? await filesOf(state, job) : null);
}

function jobOf({ state, parameters, account }: GatewayCall): BatchJob {
  return state.jobs.find(userOf(account), parameters.required('job_id'));
}

/** @throws ApiError 400 for a job that is not finished, 410 for one whose files are gone */
async function filesOf(state: GatewayState, job: BatchJob): Promise<readonly JobFile[]> {
  if (job.state === 'expired' || job.state === 'purged') throw plainError(410, 'The files are no longer available.');
  if (job.state !== 'done') {
    throw businessError(400, 'batch_job_not_ready', `Batch job ${job.id} is not ready.`, { job_id: job.id });
  }
  job.files ??= makeFiles(state, job);
  return job.files;
}

const userOf = ({ userId = DEFAULT_USER }: GatewayAccount): string => userId;
