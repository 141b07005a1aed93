import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Equals,
  IsArray,
  IsInt,
  IsISO8601,
  IsString,
  Matches,
  Min,
  ValidateIf,
  ValidateNested,
} from '../../core/validation/class-validator-parts.js';
import type { ArchivedJob } from '../../core/archive/job-archive.js';
import { formatUsd, parseUsd } from '../../core/historical/usd.js';
import { jobDamaged } from './archive-errors.js';
import { InstrumentText, instrumentFromText, instrumentToText } from './instrument-text.js';
import { readJson } from './read-json.js';
import { requestFromText, requestToText, RequestText } from './request-text.js';

/** Raised when an older Tickloom could misread what a newer one writes. */
const FORMAT_VERSION = 1;
/** A file of the job's own folder, and no path. */
const FILE_NAME = /^(?!\.{1,2}$)[^/\\:\u0000-\u001f\u007f]{1,200}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const USD = /^\d{1,20}(\.\d{1,12})?$/;

const given =
  <K extends string>(name: K) =>
  (text: Readonly<Record<K, unknown>>): boolean =>
    text[name] !== null;

class JobFileText {
  @Matches(FILE_NAME) file!: string;
  @IsInt() @Min(0) bytes!: number;
  @ValidateIf(given('sha256')) @Matches(SHA256) sha256!: string | null;
}

class JobText {
  @Equals(FORMAT_VERSION) format_version!: number;
  @IsString() job_id!: string;
  @ValidateIf(given('request')) @ValidateNested() @Type(() => RequestText) request!: RequestText | null;
  @IsISO8601() archived_at!: string;
  @ValidateIf(given('records')) @IsInt() @Min(0) records!: number | null;
  @ValidateIf(given('cost_usd')) @Matches(USD) cost_usd!: string | null;
  @IsArray() @ValidateNested({ each: true }) @Type(() => JobFileText) files!: JobFileText[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => InstrumentText) instruments!: InstrumentText[];
}

/** What is known of a downloaded job, beside its files. */
export function jobRecordText(job: Omit<ArchivedJob, 'folder'>): string {
  const record: JobText = {
    format_version: FORMAT_VERSION,
    job_id: job.id,
    request: job.request === null ? null : requestToText(job.request),
    archived_at: job.archivedAt,
    records: job.records,
    cost_usd: job.costUsd === null ? null : formatUsd(job.costUsd),
    files: job.files.map(({ file, bytes, sha256 }) => ({ file, bytes, sha256 })),
    instruments: job.instruments.map(instrumentToText),
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** @throws ARCHIVE_DAMAGED, also for the record of another job and of a format that is not known */
export function readJobRecord(path: string, jobId: string, text: string): Omit<ArchivedJob, 'folder'> {
  const record = readJson(path, text, JobText, jobDamaged);
  if (record.job_id !== jobId) throw jobDamaged(path, 'it is of another job');
  return {
    id: jobId,
    request: record.request === null ? null : requestFromText(record.request),
    archivedAt: record.archived_at,
    records: record.records,
    costUsd: record.cost_usd === null ? null : parseUsd(record.cost_usd),
    files: record.files,
    instruments: record.instruments.map(instrumentFromText),
  };
}
