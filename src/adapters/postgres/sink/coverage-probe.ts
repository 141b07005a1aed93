import type { NanosRange } from '../../../core/coverage/coverage-claim.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import type { ClaimKeys } from './claim-keys.js';
import { formatMultirange } from './nanos-ranges.js';

/** What may stand in the way of a plain load. */
export interface ProbeResult {
  /** Coverage holds some of what the chunk may bring. */
  readonly overlaps: boolean;
  /** Times in ns, as text, inside the range, at which chunks were cut. */
  readonly tails: readonly string[];
  /** Chunks have records there outside of the range of their headers. */
  readonly beyond: boolean;
}

/** Asks, in one query on small tables, whether a chunk must be compared at all. */
export async function probeCoverage(
  session: Session,
  database: Database,
  of: { readonly dataset: string; readonly schemas: readonly string[]; readonly alias: boolean },
  claim: { readonly keys: ClaimKeys; readonly range: NanosRange } | null,
): Promise<ProbeResult> {
  const { alias } = of;
  const coverage = database.table('coverage');
  const scope = `from ${coverage} c where c.dataset = $1 and c.schema = any ($2)`;
  const byKey = alias
    ? `c.stype_in = 'continuous' and c.symbol = asked.key`
    : `c.stype_in = 'instrument_id' and c.symbol = asked.key`;
  // Without keys to ask for, whatever is held in the range may overlap: that of every instrument, or of unnamed ones.
  const wide = claim === null || claim.keys.claimsEverything || claim.keys.keys.length === 0;
  const row = await session.row<{ overlaps: boolean; tails: string[]; beyond: boolean }>(
    `select exists (select ${scope} and (c.stype_in = 'continuous') = $5 and $3 and c.intervals && $4::int8multirange)
         or exists (select ${scope} and c.stype_in <> 'continuous' and c.symbol = 'ALL_SYMBOLS' and not $5
                       and c.intervals && $4::int8multirange)
         or exists (select from ${coverage} c
                      join unnest($6::text[], $7::int8multirange[]) asked (key, intervals) on ${byKey}
                     where c.dataset = $1 and c.schema = any ($2) and c.intervals && asked.intervals) as overlaps,
       array(select distinct tail_ns::text from ${database.table('chunks')}
              where status = 'loaded' and dataset = $1 and schema = any ($2) and alias = $5 and tail_ns <@ $8::int8multirange
            ) as tails,
       exists (select from ${database.table('chunks')}
                where status = 'loaded' and dataset = $1 and schema = any ($2) and alias = $5 and beyond && $8::int8multirange
              ) as beyond`,
    [
      of.dataset,
      of.schemas,
      wide,
      claim === null ? '{(,)}' : formatMultirange([claim.range]),
      alias,
      claim?.keys.keys ?? [],
      claim?.keys.intervals ?? [],
      // The end is in it: a chunk that is cut at the very same time starts with the same tail.
      formatMultirange(claim === null ? [] : [{ start: claim.range.start, end: claim.range.end + 1n }]),
    ],
  );
  return row;
}
