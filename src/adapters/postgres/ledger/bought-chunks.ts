import type { BoughtChunk } from '../../../core/historical/stale-coverage.js';
import type { CoverageFilter } from '../../../core/ledger/ledger.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { parseMultirange } from '../sink/nanos-ranges.js';

interface BoughtRow extends Record<string, unknown> {
  readonly chunk_id: string;
  readonly dataset: string;
  readonly schema: string;
  readonly covered: string;
  readonly asks: readonly { readonly stype_in: string; readonly symbol: string }[];
  readonly condition: readonly {
    readonly date: string;
    readonly condition: string;
    readonly last_modified_date: string | null;
  }[];
}

/** Chunks that cover something and of whose days the vendor's word is known, in the order in which they were loaded. */
export async function boughtChunks(
  session: Session,
  database: Database,
  { dataset, schema, symbols }: CoverageFilter,
): Promise<BoughtChunk[]> {
  const rows = await session.rows<BoughtRow>(
    `select chunk_id, dataset, schema, covered::text as covered, asks, condition from ${database.table('chunks')}
      where status = 'loaded' and covers and schema is not null and jsonb_array_length(condition) > 0
        and ($1::text is null or dataset = $1) and ($2::text is null or schema = $2)
        and ($3::text[] is null or exists (
              select from jsonb_array_elements(asks) ask where ask ->> 'symbol' = any ($3)))
      order by chunk_id`,
    [dataset ?? null, schema ?? null, symbols ?? null],
  );
  return rows.map((row) => ({
    chunkId: Number(row.chunk_id),
    dataset: row.dataset,
    schema: row.schema,
    stypeIn: row.asks[0]?.stype_in ?? '',
    symbols: row.asks.map(({ symbol }) => symbol),
    ranges: parseMultirange(row.covered),
    conditions: row.condition.map(({ date, condition, last_modified_date: lastModifiedDate }) => {
      return { date, condition, lastModifiedDate };
    }),
  }));
}
