import type { CoverageClaim } from '../../../core/coverage/coverage-claim.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { ClaimKeys } from '../sink/claim-keys.js';
import { formatMultirange } from '../sink/nanos-ranges.js';

/**
 * How much of what a claim names is covered: as it was asked for, or under other names, by instrument or continuous
 * symbol. All of it only where that is sure: where each symbol is mapped over the whole range.
 */
export async function claimedCoverage(
  session: Session,
  database: Database,
  claim: CoverageClaim,
): Promise<'none' | 'part' | 'all'> {
  const { keys, intervals, alias } = new ClaimKeys(claim, claim.alias);
  const covering = `${database.table('coverage')} c where c.dataset = $1 and c.schema = $2`;
  const ofKeys = alias
    ? `c.stype_in = 'continuous' and c.symbol = asked.key`
    : `(c.stype_in = 'instrument_id' and c.symbol = asked.key or c.stype_in <> 'continuous' and c.symbol = 'ALL_SYMBOLS')`;
  const { all_of_asks, all_of_keys, touched } = await session.row<
    Record<'all_of_asks' | 'all_of_keys' | 'touched', boolean>
  >(
    `with asks as (
       select exists (select from ${covering} and c.stype_in = a.stype_in and c.symbol = a.symbol
                         and c.intervals @> $3::int8multirange) as held,
              exists (select from ${covering} and c.stype_in = a.stype_in and c.symbol = a.symbol
                         and c.intervals && $3::int8multirange) as touched
         from unnest($4::text[], $5::text[]) a (stype_in, symbol)
     ), keys as (
       select asked.intervals @> $3::int8multirange and asked.intervals <@ coalesce(
                (select range_agg(part) from ${covering.replace(' c where', ' c, unnest(c.intervals) part where')} and ${ofKeys}),
                '{}') as held,
              exists (select from ${covering} and ${ofKeys} and c.intervals && asked.intervals) as touched
         from unnest($6::text[], $7::int8multirange[]) asked (key, intervals)
        where not isempty(asked.intervals)
     )
     select (select bool_and(held) from asks) as all_of_asks,
            coalesce((select bool_and(held) and count(*) >= cardinality($4::text[]) from keys), false) as all_of_keys,
            exists (select from asks where touched) or exists (select from keys where touched)
              or $8 and exists (select from ${covering} and c.stype_in <> 'continuous'
                                   and c.intervals && $3::int8multirange) as touched`,
    [
      claim.dataset,
      claim.schema,
      formatMultirange([claim.range]),
      claim.asks.map(({ stypeIn }) => stypeIn),
      claim.asks.map(({ symbol }) => symbol),
      keys,
      intervals,
      claim.instruments === 'all' && !alias,
    ],
  );
  if (all_of_asks || all_of_keys) return 'all';
  return touched ? 'part' : 'none';
}
