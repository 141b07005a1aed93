import 'reflect-metadata';
import { ArrayNotEmpty, IsIn, IsString, Matches, ValidateIf } from '../../core/validation/class-validator-parts.js';
import type { RangeRequest, StypeIn } from '../../core/historical/range-request.js';

const STYPES: readonly StypeIn[] = ['raw_symbol', 'instrument_id', 'parent', 'continuous'];
const NANOS = /^\d{1,20}$/;

/** A request as it stands in a manifest: the API's own names, integers as text. */
export class RequestText {
  @IsString() dataset!: string;
  @IsString() schema!: string;
  @IsIn(STYPES) stype_in!: StypeIn;
  @ArrayNotEmpty() @IsString({ each: true }) symbols!: string[];
  /** ns since the epoch. */
  @Matches(NANOS) start!: string;
  @Matches(NANOS) end!: string;
  @ValidateIf(({ limit }: RequestText) => limit !== null)
  @Matches(NANOS)
  limit!: string | null;
}

export function requestToText(request: RangeRequest): RequestText {
  const { dataset, schema, stypeIn, symbols, start, end, limit } = request;
  const range = { start: String(start), end: String(end), limit: limit === null ? null : String(limit) };
  return { dataset, schema, stype_in: stypeIn, symbols: [...symbols], ...range };
}

export function requestFromText(text: RequestText): RangeRequest {
  const { dataset, schema, stype_in: stypeIn, symbols, start, end, limit } = text;
  const range = { start: BigInt(start), end: BigInt(end), limit: limit === null ? null : BigInt(limit) };
  return { dataset, schema, stypeIn, symbols, ...range };
}
