import type { CoverageClaim } from '../../../core/coverage/coverage-claim.js';
import type { DbnVersion } from '../../../core/dbn/layout/record-layout.js';
import { HASHED_ENTRY_COLUMNS } from '../../../core/digest/hashers.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { PluginVersion } from '../../../core/sink/sink.js';
import type { SymbologyInterval } from '../../../core/symbology/symbology-interval.js';
import type { VerifyFilter } from '../../../core/verify/verify-report.js';
import type { CoverageGap, LedgerChunk, VerifySession, VerifyStore } from '../../../core/verify/verify-store.js';
import type { Database } from '../connection/database.js';
import { ReadSnapshot } from '../connection/read-snapshot.js';
import { quoteIdentifier, quoteLiteral } from '../identifiers.js';
import { ClaimKeys } from '../sink/claim-keys.js';

interface ChunkRow extends Record<string, unknown> {
  readonly chunk_id: string;
  readonly source: string;
  readonly locations: readonly string[] | null;
  readonly archive_id: string | null;
  readonly dataset: string;
  readonly schema: string | null;
  readonly dbn_version: DbnVersion;
  readonly ts_out: boolean;
  readonly is_fragment: boolean;
  readonly covered_from: string | null;
  readonly covered_to: string | null;
  readonly content_sha256: string;
  readonly loaded: string;
  readonly quarantined: string;
  readonly already_loaded: string;
  readonly superseded: string;
  readonly unsupported: string;
  readonly row_digest: string | null;
  readonly quarantine_digest: string | null;
  readonly plugins: readonly PluginVersion[];
}

type GapRow = Omit<CoverageGap, 'chunkId'> & Record<string, unknown> & { readonly chunkId: string | null };

/** Looks at what is held, out of one snapshot of the database each. */
export class PostgresVerifyStore implements VerifyStore {
  constructor(private readonly database: Database) {}

  async begin(signal?: AbortSignal): Promise<VerifySession> {
    return new PostgresVerifySession(this.database, await ReadSnapshot.begin(this.database, 'verifying', signal));
  }
}

/** Of a chunk `c`; parameters 1 to 4 are those of {@link filterValues}. */
const MATCHES = `($1::text is null or c.dataset = $1) and ($2::text is null or c.schema = $2)
  and ($3::uuid is null or c.run_id = $3) and ($4::bigint is null or c.chunk_id = $4)`;

function filterValues({ dataset, schema, runId, chunkId }: VerifyFilter): unknown[] {
  return [dataset ?? null, schema ?? null, runId ?? null, chunkId ?? null];
}

class PostgresVerifySession implements VerifySession {
  readonly #chunks: string;
  readonly #coverage: string;

  constructor(
    private readonly database: Database,
    private readonly snapshot: ReadSnapshot,
  ) {
    this.#chunks = database.table('chunks');
    this.#coverage = database.table('coverage');
  }

  async chunks(filter: VerifyFilter): Promise<LedgerChunk[]> {
    const rows = await this.snapshot.rows<ChunkRow>(
      `select chunk_id, source, locations, archive_id, dataset, schema, dbn_version, ts_out, header is null as is_fragment,
              lower(covered)::text as covered_from, upper(covered)::text as covered_to,
              content_sha256, loaded, quarantined, already_loaded, superseded, unsupported, row_digest,
              quarantine_digest, plugins
         from ${this.#chunks} c where status = 'loaded' and ${MATCHES} order by chunk_id`,
      filterValues(filter),
    );
    return rows.map((row) => ({
      chunkId: Number(row.chunk_id),
      source: row.source,
      locations: row.locations,
      archiveId: row.archive_id,
      dataset: row.dataset,
      schema: row.schema,
      version: row.dbn_version,
      tsOut: row.ts_out,
      isFragment: row.is_fragment,
      covered:
        row.covered_from === null || row.covered_to === null
          ? null
          : { start: BigInt(row.covered_from), end: BigInt(row.covered_to) },
      contentSha256: row.content_sha256,
      loaded: Number(row.loaded),
      quarantined: Number(row.quarantined),
      alreadyLoaded: Number(row.already_loaded),
      superseded: Number(row.superseded),
      unsupported: Number(row.unsupported),
      rowDigest: row.row_digest,
      quarantineDigest: row.quarantine_digest,
      plugins: row.plugins,
    }));
  }

  async statusOf(chunkId: number): Promise<string | undefined> {
    const sql = `select status from ${this.#chunks} where chunk_id = $1`;
    const [row] = await this.snapshot.rows<{ status: string }>(sql, [chunkId]);
    return row?.status;
  }

  async unfinished(filter: VerifyFilter): Promise<number[]> {
    const rows = await this.snapshot.rows<{ id: string }>(
      `select chunk_id as id from ${this.#chunks} c where status = 'loading' and ${MATCHES}
        union select chunk_id from ${this.database.table('unfinished_chunks')} c where ${MATCHES} order by id`,
      filterValues(filter),
    );
    return rows.map(({ id }) => Number(id));
  }

  async coverageGaps(filter: VerifyFilter): Promise<CoverageGap[]> {
    const lacking = await this.snapshot.rows<GapRow>(
      `select c.chunk_id as "chunkId", c.dataset, c.schema, a ->> 'stype_in' as "stypeIn", a ->> 'symbol' as symbol
         from ${this.#chunks} c, jsonb_array_elements(c.asks) a
        where c.status = 'loaded' and c.covers and not isempty(c.covered) and ${MATCHES}
          and not exists (
            select from ${this.#coverage} v
             where v.dataset = c.dataset and v.schema = c.schema and v.stype_in = a ->> 'stype_in'
               and v.symbol = a ->> 'symbol' and v.intervals @> c.covered)
        order by c.chunk_id, symbol`,
      filterValues(filter),
    );
    // of one run or chunk it cannot be said that nothing else covers it
    const unaccounted =
      filter.runId !== undefined || filter.chunkId !== undefined
        ? []
        : await this.snapshot.rows<GapRow>(
            `select null as "chunkId", v.dataset, v.schema, v.stype_in as "stypeIn", v.symbol
               from ${this.#coverage} v
              where ($1::text is null or v.dataset = $1) and ($2::text is null or v.schema = $2)
                and not v.intervals <@ coalesce(
                  (select range_agg(part) from ${this.#chunks} c, unnest(c.covered) part
                    where c.status = 'loaded' and c.covers and c.dataset = v.dataset and c.schema = v.schema), '{}')
              order by v.dataset, v.schema, v.stype_in, v.symbol`,
            [filter.dataset ?? null, filter.schema ?? null],
          );
    return [...lacking, ...unaccounted].map((gap) => ({
      ...gap,
      chunkId: gap.chunkId === null ? null : Number(gap.chunkId),
    }));
  }

  rows(table: TableSpec, chunkIds: readonly number[] | null): AsyncIterable<Uint8Array> {
    const columns = table.columns.map(({ name }) => `r.${quoteIdentifier(name)}`).join(', ');
    const which = chunkIds === null ? '' : `where ${among('r', chunkIds)}`;
    return this.snapshot.copy(`select r.chunk_id, ${columns} from ${this.database.table(table.name)} r ${which}`);
  }

  entries(chunkIds: readonly number[] | null): AsyncIterable<Uint8Array> {
    const columns = HASHED_ENTRY_COLUMNS.map((name) => `q.${name}`).join(', ');
    const which = chunkIds === null ? '' : `and ${among('q', chunkIds)}`;
    return this.snapshot.copy(
      `select q.chunk_id, ${columns} from ${this.database.table('quarantine')} q where q.state <> 'replayed' ${which}`,
    );
  }

  byOrdinal(table: TableSpec, chunkId: number): AsyncIterable<Uint8Array> {
    const columns = table.columns.map(({ name }) => quoteIdentifier(name));
    const ofEntry = table.columns.map(({ name, type }) => (name === 'ordinal' ? 'q.ordinal' : `null::${type}`));
    return this.snapshot.copy(
      `select w.* from (
         select null::bytea as _record, ${columns.map((column) => `r.${column}`).join(', ')}
           from ${this.database.table(table.name)} r where r.chunk_id = ${chunkId}
         union all
         select q.record, ${ofEntry.join(', ')} from ${this.database.table('quarantine')} q
          where q.chunk_id = ${chunkId} and q.schema = ${quoteLiteral(table.schema)} and q.state <> 'replayed') w
       order by w.ordinal`,
    );
  }

  async header(chunkId: number): Promise<Uint8Array | null> {
    const sql = `select header from ${this.#chunks} where chunk_id = $1`;
    const [row] = await this.snapshot.rows<{ header: Uint8Array | null }>(sql, [chunkId]);
    return row?.header ?? null;
  }

  async uncoveredInstruments(claim: CoverageClaim): Promise<number[]> {
    if (claim.alias) return [];
    const keys = new ClaimKeys(claim, false);
    const rows = await this.snapshot.rows<{ key: string }>(
      `select claimed.key from unnest($3::text[], $4::int8multirange[]) claimed (key, intervals)
        where not exists (
          select from ${this.#coverage} v
           where v.dataset = $1 and v.schema = $2 and v.stype_in = 'instrument_id' and v.symbol = claimed.key
             and v.intervals @> claimed.intervals)
          and not isempty(claimed.intervals)
        order by claimed.key::bigint`,
      [claim.dataset, claim.schema, keys.keys, keys.intervals],
    );
    return rows.map(({ key }) => Number(key));
  }

  async missingSymbology(intervals: readonly SymbologyInterval[]): Promise<SymbologyInterval[]> {
    const missing = await this.snapshot.rows<{ index: string }>(
      `select f.index - 1 as index
         from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::date[], $6::date[])
              with ordinality f (dataset, stype_in, symbol, instrument_id, start_date, end_date, index)
        where f.start_date < f.end_date and not exists (
          select from ${this.database.table('symbology')} s
           where s.dataset = f.dataset and s.stype_in = f.stype_in and s.symbol = f.symbol
             and s.instrument_id = f.instrument_id and s.start_date <= f.start_date and s.end_date >= f.end_date)
        order by f.index`,
      [
        intervals.map(({ dataset }) => dataset),
        intervals.map(({ stypeIn }) => stypeIn),
        intervals.map(({ symbol }) => symbol),
        intervals.map(({ instrumentId }) => instrumentId),
        intervals.map(({ startDate }) => startDate),
        intervals.map(({ endDate }) => endDate),
      ],
    );
    return missing.map(({ index }) => intervals[Number(index)] as SymbologyInterval);
  }

  async close(): Promise<void> {
    await this.snapshot.close();
  }
}

/** COPY takes no parameters. Numbers of ours need no quotes; without any, nothing matches. */
function among(alias: string, chunkIds: readonly number[]): string {
  return chunkIds.length === 0 ? 'false' : `${alias}.chunk_id in (${chunkIds.join(', ')})`;
}
