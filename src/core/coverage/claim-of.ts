import type { Metadata } from '../dbn/metadata.js';
import type { CoverageClaim, InstrumentDays, NanosRange } from './coverage-claim.js';

export const ALL_SYMBOLS = 'ALL_SYMBOLS';

/**
 * What a stream with this header is complete for, before a limit is taken into account.
 *
 * `null` unless dataset, schema, symbols and both ends are given: a stream without them is identified by its content.
 */
export function claimOf(metadata: Metadata, instruments: readonly InstrumentDays[]): CoverageClaim | null {
  const { dataset, schema, stypeIn, start, end, symbols } = metadata;
  if (dataset === '' || schema === null || stypeIn === null || end === null || end <= start || symbols.length === 0) {
    return null;
  }
  return {
    dataset,
    schema,
    asks: symbols.map((symbol) => ({ stypeIn, symbol })),
    range: { start, end },
    instruments: symbols.includes(ALL_SYMBOLS) ? 'all' : named(metadata, { start, end }, instruments),
    alias: stypeIn === 'continuous',
    tail: null,
  };
}

/** Asking for an instrument id names the instrument for the whole range, whatever the header maps. */
function named(metadata: Metadata, range: NanosRange, mapped: readonly InstrumentDays[]): readonly InstrumentDays[] {
  if (metadata.stypeIn !== 'instrument_id') return mapped;
  const ids = metadata.symbols.filter((symbol) => /^\d{1,10}$/.test(symbol)).map(Number);
  const others = mapped.filter(({ instrumentId }) => !ids.includes(instrumentId));
  return [...others, ...ids.map((instrumentId) => ({ instrumentId, ranges: [range] }))];
}

/**
 * The claim once the stream is read. With a limit it ends at the last index timestamp, whose rows are the tail;
 * where the index timestamps ran backwards, or nothing came, a limited stream covers nothing.
 */
export function settleClaim(
  claim: CoverageClaim | null,
  limit: bigint | null,
  seen: { readonly lastIndexTimestamp: bigint | null; readonly ranBackwards: boolean },
): CoverageClaim | null {
  if (claim === null || limit === null) return claim;
  const last = seen.lastIndexTimestamp;
  if (last === null || seen.ranBackwards || last < claim.range.start) return null;
  const end = last < claim.range.end ? last : claim.range.end;
  return { ...claim, range: { start: claim.range.start, end }, tail: last };
}
