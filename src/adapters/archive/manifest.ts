import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  Equals,
  IsArray,
  IsInt,
  IsISO8601,
  IsIn,
  IsString,
  Matches,
  Min,
  ValidateIf,
  ValidateNested,
} from '../../core/validation/class-validator-parts.js';
import type { ArchiveEntry } from '../../core/archive/archive.js';
import { archiveIdOf } from '../../core/archive/archive-id.js';
import { formatUsd, parseUsd } from '../../core/historical/usd.js';
import { archiveDamaged } from './archive-errors.js';
import { InstrumentText, instrumentFromText, instrumentToText } from './instrument-text.js';
import { readJson } from './read-json.js';
import { requestFromText, requestToText, RequestText } from './request-text.js';
import type { StoredFile } from './stored-file.js';

/** Raised when an older Tickloom could misread what a newer one writes. */
const FORMAT_VERSION = 1;
/** A file of the entry's own folder, and no path. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const USD = /^\d{1,20}(\.\d{1,12})?$/;

class FileText implements StoredFile {
  @Matches(FILE_NAME) file!: string;
  @IsInt() @Min(0) bytes!: number;
  @Matches(SHA256) sha256!: string;
}

class SegmentText extends FileText {
  @IsInt() @Min(0) records!: number;
  @IsInt() @Min(0) skip!: number;
}

class ConditionText {
  @Matches(DATE) date!: string;
  @IsString() condition!: string;
  @ValidateIf(({ last_modified_date: date }: ConditionText) => date !== null)
  @Matches(DATE)
  last_modified_date!: string | null;
}

class Manifest {
  @Equals(FORMAT_VERSION) format_version!: number;
  @ValidateNested() @Type(() => RequestText) request!: RequestText;
  @IsISO8601() archived_at!: string;
  @IsInt() @Min(0) records!: number;
  @IsInt() @Min(0) content_bytes!: number;
  @Matches(USD) cost_usd!: string;
  @IsIn([null, 'no-instruments']) empty!: ArchiveEntry['empty'];
  @ValidateNested() @Type(() => FileText) header!: FileText;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SegmentText) segments!: SegmentText[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => ConditionText) conditions!: ConditionText[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => InstrumentText) instruments!: InstrumentText[];
}

/** An entry, and the file with its first header. */
export interface ManifestContent {
  readonly entry: ArchiveEntry;
  readonly header: StoredFile;
}

export function manifestText({ entry, header }: ManifestContent): string {
  const manifest: Manifest = {
    format_version: FORMAT_VERSION,
    request: requestToText(entry.request),
    archived_at: entry.archivedAt,
    records: entry.records,
    content_bytes: entry.contentBytes,
    cost_usd: formatUsd(entry.costUsd),
    empty: entry.empty,
    header,
    segments: [...entry.segments],
    conditions: entry.conditions.map(({ date, condition, lastModifiedDate }) => {
      return { date, condition, last_modified_date: lastModifiedDate };
    }),
    instruments: entry.instruments.map(instrumentToText),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** @throws ARCHIVE_DAMAGED, also for a manifest of another request and of a format that is not known */
export function readManifest(path: string, id: string, text: string): ManifestContent {
  const manifest = readJson(path, text, Manifest);
  const request = requestFromText(manifest.request);
  if (archiveIdOf(request) !== id)
    throw archiveDamaged(path, 'its request is not the one that its folder is named for');
  const { header, segments, records } = manifest;
  if (segments.reduce((sum, segment) => sum + segment.records, 0) !== records) {
    throw archiveDamaged(path, 'the records of its segments do not add up');
  }
  return {
    header,
    entry: {
      id,
      request,
      archivedAt: manifest.archived_at,
      records,
      contentBytes: manifest.content_bytes,
      storedBytes: segments.reduce((sum, { bytes }) => sum + bytes, header.bytes),
      segments,
      costUsd: parseUsd(manifest.cost_usd),
      conditions: manifest.conditions.map((day) => {
        return { date: day.date, condition: day.condition, lastModifiedDate: day.last_modified_date };
      }),
      instruments: manifest.instruments.map(instrumentFromText),
      empty: manifest.empty,
    },
  };
}
