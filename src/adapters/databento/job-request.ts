import type { RangeRequest, StypeIn } from '../../core/historical/range-request.js';
import type { BatchJob } from './replies/batch-job.js';

const STYPES: readonly string[] = ['raw_symbol', 'instrument_id', 'parent', 'continuous'] satisfies StypeIn[];

/**
 * What a job was submitted for, as a request for a range; `null` for one that gives something else than DBN with the
 * symbology that Tickloom loads, and for the short form of a job, which does not say.
 */
export function requestOfJob(job: BatchJob): RangeRequest | null {
  const { dataset, schema, stype_in, stype_out, symbols, start, end, limit, encoding } = job;
  if (dataset === null || schema === null || symbols === null || start === null || end === null) return null;
  if (encoding !== 'dbn' || stype_out !== 'instrument_id' || stype_in === null || !STYPES.includes(stype_in)) {
    return null;
  }
  const stypeIn = stype_in as StypeIn;
  return { dataset, schema, stypeIn, symbols, start, end, limit: limit === null ? null : BigInt(limit) };
}
