import type { DbnVersion } from '../../../core/dbn/layout/record-layout.js';
import type { MappingInterval, SymbolMapping } from '../../../core/dbn/metadata.js';
import type {
  ExportableChunk,
  ExportSelection,
  ExportSession,
  RangeSelection,
  RangeSurvey,
} from '../../../core/export/export-store.js';
import type { Database } from '../connection/database.js';
import type { ReadSnapshot } from '../connection/read-snapshot.js';
import { quoteIdentifier } from '../identifiers.js';
import { chunkRows, rangeRows, rangeSource } from './export-sql.js';

interface ChunkRow extends Record<string, unknown> {
  readonly source: string;
  readonly status: string;
  readonly dataset: string | null;
  readonly schema: string | null;
  readonly dbn_version: DbnVersion;
  readonly ts_out: boolean;
  readonly header: Buffer | null;
  readonly loaded: string;
  readonly quarantined: string;
  readonly control: string;
  readonly unsupported: string;
  readonly already_loaded: string;
  readonly superseded: string;
  readonly dropped: string;
}

interface SurveyRow extends Record<string, unknown> {
  readonly dataset: string;
  readonly version: DbnVersion;
  readonly alias: boolean;
  readonly ts_out: boolean;
  readonly rows: string;
  readonly first: string;
  readonly last: string;
}

interface MappingRow extends Record<string, unknown> {
  readonly symbol: string;
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

const LARGEST_INT8 = 2n ** 63n - 1n;
const MS_PER_DAY = 86_400_000n;
const NS_PER_MS = 1_000_000n;

/** Takes records out of one snapshot of the database. */
export class PostgresExportSession implements ExportSession {
  constructor(
    private readonly database: Database,
    private readonly snapshot: ReadSnapshot,
  ) {}

  async chunk(chunkId: number): Promise<ExportableChunk | undefined> {
    const [row] = await this.snapshot.rows<ChunkRow>(
      `select source, status, dataset, schema, dbn_version, ts_out, header, loaded, quarantined, control, unsupported,
              already_loaded, superseded,
              (select count(*) from ${this.database.table('quarantine')} q
                where q.chunk_id = c.chunk_id and q.state = 'dropped') as dropped
         from ${this.database.table('chunks')} c where chunk_id = $1`,
      [chunkId],
    );
    if (row === undefined) return undefined;
    return {
      chunkId,
      source: row.source,
      status: row.status,
      dataset: row.dataset ?? '',
      schema: row.schema,
      version: row.dbn_version,
      tsOut: row.ts_out,
      header: row.header,
      loaded: Number(row.loaded),
      quarantined: Number(row.quarantined),
      control: Number(row.control),
      unsupported: Number(row.unsupported),
      alreadyLoaded: Number(row.already_loaded),
      superseded: Number(row.superseded),
      dropped: Number(row.dropped),
    };
  }

  async survey(selection: RangeSelection): Promise<RangeSurvey> {
    const time = `r.${quoteIdentifier(selection.table.indexTimestamp)}`;
    const groups = await this.snapshot.rows<SurveyRow>(
      `select r.dataset, c.dbn_version as version, c.alias, c.ts_out, count(*) as rows,
              ${microsOf(`min(${time})`)} as first, ${microsOf(`max(${time})`)} as last
         from ${rangeSource(this.database, selection, 'both')} group by r.chunk_id, 1, 2, 3, 4`,
    );
    const chosen = groups.filter(({ alias }) => alias === selection.alias);
    const total = (rows: readonly SurveyRow[]): number => rows.reduce((sum, row) => sum + Number(row.rows), 0);
    const times = chosen.flatMap(({ first, last }) => [BigInt(first), BigInt(last)]).sort((a, b) => (a < b ? -1 : 1));
    const [first = null] = times;
    const last = times.at(-1) ?? null;
    return {
      datasets: [...new Set(chosen.map(({ dataset }) => dataset))].sort(),
      versions: [...new Set(chosen.map(({ version }) => version))].sort(),
      chunks: chosen.length,
      rows: total(chosen),
      first: first && first * 1000n,
      last: last && last * 1000n,
      // a symbol of one kind that rows of the other have is not what was asked for
      aliasRows: selection.symbols === null ? total(groups) - total(chosen) : 0,
      tsOutRows: total(chosen.filter((group) => group.ts_out)),
      quarantined: await this.#quarantined(selection),
    };
  }

  async mappings(selection: RangeSelection, start: bigint, end: bigint): Promise<SymbolMapping[]> {
    const held =
      selection.symbols === null
        ? `join (select distinct r.symbol, r.instrument_id from ${rangeSource(this.database, selection, 'one')}) held
             on held.symbol = s.symbol and held.instrument_id = s.instrument_id`
        : '';
    const rows = await this.snapshot.rows<MappingRow>(
      `select g.symbol, g.id, to_char(lower(d), 'YYYYMMDD')::int as start, to_char(upper(d), 'YYYYMMDD')::int as end
         from (select s.symbol, s.instrument_id::text as id,
                      range_agg(daterange(s.start_date, s.end_date) * daterange($3, $4)) as days
                 from ${this.database.table('symbology')} s ${held}
                where s.dataset = $1 and (s.stype_in = 'continuous') = $2 and s.start_date < $4 and s.end_date > $3
                  and ($5::text[] is null or s.symbol = any ($5))
                group by s.symbol, s.instrument_id) g, unnest(g.days) d
        order by g.symbol collate "C", lower(d), g.id`,
      [selection.dataset, selection.alias, dayOf(start), dayOf(end + NS_PER_MS * MS_PER_DAY - 1n), selection.symbols],
    );
    const mappings = new Map<string, MappingInterval[]>();
    for (const row of rows) {
      const intervals = mappings.get(row.symbol) ?? [];
      intervals.push({ startDate: row.start, endDate: row.end, symbol: row.id });
      mappings.set(row.symbol, intervals);
    }
    return [...mappings].map(([rawSymbol, intervals]) => ({ rawSymbol, intervals }));
  }

  async isComplete({ table, dataset, symbols, alias, start, end }: RangeSelection): Promise<boolean> {
    if (symbols === null || start === null || end === null || end > LARGEST_INT8) return false;
    const missing = await this.snapshot.rows(
      `select from unnest($1::text[]) s (symbol) where not exists (
         select from ${this.database.table('coverage')} v
          where v.dataset = $2 and v.schema = $3 and (v.stype_in = 'continuous') = $4
            and v.symbol in (s.symbol, 'ALL_SYMBOLS') and v.intervals @> int8range($5, $6))`,
      [symbols, dataset, table.schema, alias, start, end],
    );
    return missing.length === 0;
  }

  rows(selection: ExportSelection, chunks: number): AsyncIterable<Uint8Array> {
    return this.snapshot.copy(
      selection.kind === 'chunk' ? chunkRows(this.database, selection) : rangeRows(this.database, selection, chunks),
    );
  }

  async close(): Promise<void> {
    await this.snapshot.close();
  }

  async #quarantined({ table, dataset, symbols, alias, start, end }: RangeSelection): Promise<number> {
    const [row] = await this.snapshot.rows<{ count: string }>(
      `select count(*) as count from ${this.database.table('quarantine')} q
         join ${this.database.table('chunks')} c on c.chunk_id = q.chunk_id
        where q.state = 'open' and c.status = 'loaded' and q.schema = $1 and c.alias = $2
          and ($3::text is null or c.dataset = $3)
          and ($4::numeric is null or q.index_ns >= $4) and ($5::numeric is null or q.index_ns < $5)
          and ($6::text[] is null or q.instrument_id in (
            select s.instrument_id from ${this.database.table('symbology')} s where s.symbol = any ($6)))`,
      [table.schema, alias, dataset, start, end, symbols],
    );
    return Number(row?.count ?? 0);
  }
}

const microsOf = (time: string): string => `(extract(epoch from ${time}) * 1000000)::bigint`;

/** The UTC day that a time lies in, as PostgreSQL reads a date. */
const dayOf = (ns: bigint): string => new Date(Number(ns / NS_PER_MS)).toISOString().slice(0, 10);
