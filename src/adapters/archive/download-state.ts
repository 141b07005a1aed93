import 'reflect-metadata';
import { Type } from 'class-transformer';
import { Equals, IsArray, IsInt, Matches, Min, ValidateNested } from '../../core/validation/class-validator-parts.js';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadPart } from '../../core/archive/archive-writer.js';
import { formatUsd, parseUsd, type Usd } from '../../core/historical/usd.js';
import { isMissing } from './archive-errors.js';
import { writeWhole } from './durable-files.js';
import { readJson } from './read-json.js';

const FILE = 'download.json';
const FORMAT_VERSION = 1;

class PartText implements DownloadPart {
  @Matches(/^\d{4,9}\.dbn$/) file!: string;
  @IsInt() @Min(0) bytes!: number;
  @Matches(/^[0-9a-f]{64}$/) sha256!: string;
  @IsInt() @Min(0) headerBytes!: number;
  @IsInt() @Min(0) records!: number;
}

class DownloadText {
  @Equals(FORMAT_VERSION) format_version!: number;
  @IsInt() @Min(1) next!: number;
  @Matches(/^\d{1,20}(\.\d{1,12})?$/) cost_usd!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PartText) parts!: PartText[];
}

/** What an unfinished entry has. The number of a file says whether it counts: the answer in hand has `next`. */
export interface DownloadState {
  readonly next: number;
  readonly costUsd: Usd;
  readonly parts: readonly DownloadPart[];
}

export const NEW_DOWNLOAD: DownloadState = { next: 1, costUsd: 0n, parts: [] };

/** @throws ARCHIVE_DAMAGED */
export async function readDownloadState(folder: string): Promise<DownloadState> {
  const path = join(folder, FILE);
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error;
  });
  if (text === null) return NEW_DOWNLOAD;
  const { next, cost_usd: cost, parts } = readJson(path, text, DownloadText);
  return { next, costUsd: parseUsd(cost), parts };
}

export async function writeDownloadState(folder: string, { next, costUsd, parts }: DownloadState): Promise<void> {
  const text: DownloadText = { format_version: FORMAT_VERSION, next, cost_usd: formatUsd(costUsd), parts: [...parts] };
  await writeWhole(join(folder, FILE), `${JSON.stringify(text, null, 2)}\n`);
}
