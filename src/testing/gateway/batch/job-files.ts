import { createHash } from 'node:crypto';
import { dateOfDay } from '../../../core/symbology/utc-day.js';
import { daysOf, type DataRequest } from '../data-request.js';
import { encodeBody, type BodyFormat } from '../encode-body.js';
import { dataFileName } from '../file-name.js';
import type { GatewayState } from '../gateway-call.js';
import { metadataOf } from '../metadata-of.js';
import { recordsOf } from '../record-stream.js';
import { SymbolSelection } from '../symbol-selection.js';
import { symbologyReply } from '../symbology-reply.js';
import { describeJob, type BatchJob } from './batch-job.js';
import type { JobFile } from './job-file.js';
import { splitRanges, type SplitDuration } from './split-ranges.js';

/** A file as batch.list_files and the manifest name it. The addresses are those of the service, not of the stand-in. */
export function describeFile(job: BatchJob, { filename, bytes, hash }: JobFile): Record<string, unknown> {
  const path = `${job.userId}/${job.id}/${filename}`;
  return {
    filename,
    size: bytes.length,
    hash,
    urls: {
      https: `https://api.databento.com/v0/batch/download/${path}`,
      ftp: `ftp://ftp.databento.com/${path}`,
    },
  };
}

/** All files of a job: what describes it, and its data in pieces. A piece without records has no file. */
export async function makeFiles(state: GatewayState, job: BatchJob): Promise<readonly JobFile[]> {
  const { request } = job;
  const data: JobFile[] = [];
  let left = request.limit ?? Infinity;
  for (const symbols of job.delivery.splitSymbols ? request.symbols.map((symbol) => [symbol]) : [request.symbols]) {
    for (const range of splitRanges(request, job.delivery.splitDuration as SplitDuration)) {
      const part = partOf({ ...request, ...range, symbols, limit: left === Infinity ? null : left });
      const file = await dataFile(state, job, part);
      if (file === undefined) continue;
      data.push(file.file);
      left -= file.count;
    }
  }
  const described = [...supportFiles(job), ...data];
  const manifest = { job_id: job.id, files: described.map((file) => describeFile(job, file)) };
  return [...described, jsonFile('manifest.json', manifest)];
}

function partOf(request: DataRequest): DataRequest {
  const { dataset, stypeIn, stypeOut, symbols } = request;
  return {
    ...request,
    selection: new SymbolSelection({ dataset: dataset.data, stypeIn, stypeOut, symbols, ...daysOf(request) }),
  };
}

async function dataFile(
  state: GatewayState,
  { delivery, request }: BatchJob,
  part: DataRequest,
): Promise<{ readonly file: JobFile; readonly count: number } | undefined> {
  const version = part.dataset.data.versionFor(state.version);
  const runs = part.limit === 0 ? [] : [...recordsOf(part, version)];
  const count = runs.reduce((sum, run) => sum + run.count, 0);
  if (count === 0) return undefined;
  const format: BodyFormat = {
    encoding: delivery.encoding,
    zstd: delivery.compression === 'zstd' ? state.zstd : null,
    frameBytes: state.frameBytes,
    version,
    prettyPx: delivery.prettyPx,
    prettyTs: delivery.prettyTs,
    ...(delivery.mapSymbols ? { symbolOf: (id: number, day: number) => part.selection.symbolOn(id, day) } : {}),
  };
  const parts: Uint8Array[] = [];
  for await (const { bytes } of encodeBody(metadataOf({ ...part, limit: request.limit }, version), runs, format)) {
    parts.push(bytes);
  }
  const only = delivery.splitSymbols ? part.symbols[0] : undefined;
  return { file: fileOf(dataFileName(part, delivery, only), Buffer.concat(parts)), count };
}

function supportFiles(job: BatchJob): JobFile[] {
  const { dataset, symbols, stypeIn, stypeOut, selection } = job.request;
  const { startDay, endDay } = daysOf(job.request);
  const days = Array.from({ length: endDay - startDay }, (_, index) => startDay + index);
  const conditions = days.flatMap((day) => {
    const condition = dataset.conditionOn(day);
    return condition === undefined ? [] : [{ date: dateOfDay(day), ...condition }];
  });
  const symbology = symbologyReply(selection, { symbols, stypeIn, stypeOut, startDay, endDay });
  return [
    jsonFile('metadata.json', { job_id: job.id, query: describeJob(job, null) }),
    jsonFile('condition.json', conditions),
    jsonFile('symbology.json', symbology),
  ];
}

const jsonFile = (filename: string, value: unknown): JobFile =>
  fileOf(filename, Buffer.from(JSON.stringify(value, null, 2)));

function fileOf(filename: string, bytes: Uint8Array): JobFile {
  return { filename, bytes, hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}
