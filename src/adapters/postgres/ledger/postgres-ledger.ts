import type { CoverageClaim, CoveredAsk, NanosRange } from '../../../core/coverage/coverage-claim.js';
import type {
  ContentIdentity,
  CoverageEntry,
  CoverageFilter,
  Ledger,
  LoadedChunk,
  RunDetails,
  RunStart,
  RunSummary,
} from '../../../core/ledger/ledger.js';
import type { BoughtChunk } from '../../../core/historical/stale-coverage.js';
import { TickloomError } from '../../../core/errors/index.js';
import type { ChunkReport, RunReport } from '../../../core/report/run-report.js';
import { formatNanos } from '../../../core/text/format-nanos.js';
import type { ChunkOrigin } from '../../../core/source/source.js';
import type { Database } from '../connection/database.js';
import { formatMultirange, parseMultirange } from '../sink/nanos-ranges.js';
import { relocate } from '../sink/relocate.js';
import { removeUnfinished } from '../sink/unfinished-chunks.js';
import { boughtChunks } from './bought-chunks.js';
import { type ChunkRow, CHUNK_COLUMNS, chunkReport, PLUGIN_NAMES } from './chunk-row.js';
import { claimedCoverage } from './claimed-coverage.js';
import { RunLocks } from './run-locks.js';

interface RunRow extends Record<string, unknown> {
  readonly run_id: string;
  readonly command: string;
  readonly tickloom_version: string;
  readonly status: RunSummary['status'];
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly report: RunReport | null;
}

interface FoundChunk extends Record<string, unknown> {
  readonly chunk_id: string;
  readonly source: string;
  readonly finished_at: Date;
  readonly unsupported: string;
  readonly plugins: readonly string[];
  readonly covers: boolean;
}

/** A UUID or the beginning of one. */
const ID_START = /^[0-9a-f][0-9a-f-]{0,35}$/i;

/** The ledger as tables `runs` and `chunks`, and what is complete as table `coverage`. */
export class PostgresLedger implements Ledger {
  readonly #locks: RunLocks;

  constructor(private readonly database: Database) {
    this.#locks = new RunLocks(database);
  }

  async startRun({ runId, command, tickloomVersion, startedAt }: RunStart): Promise<void> {
    // at once, each by a connection of its own: the run goes on by the second one
    const [taken, settled] = await Promise.allSettled([this.#locks.take(runId), this.#settleKilledRuns()]);
    if (taken.status === 'rejected') throw taken.reason;
    try {
      if (settled.status === 'rejected') throw settled.reason;
      await this.#insertRun({ runId, command, tickloomVersion, startedAt });
    } catch (error) {
      this.#locks.release(runId);
      throw error;
    }
  }

  /** What was killed is written down as that by the next run, and what it left half done is removed: nobody else can. */
  async #settleKilledRuns(): Promise<void> {
    const [left] = await this.#rows<{ unfinished: boolean }>(
      `with settled as (
         update ${this.database.table('runs')} r set status = 'interrupted'
          where r.status = 'running' and not ${this.#locks.isAlive('r.run_id')})
       select exists (select from ${this.database.table('unfinished_chunks')}) as unfinished`,
      [],
    );
    if (left?.unfinished !== true) return;
    await this.database.transaction((session) => removeUnfinished(session, this.database), {
      doing: 'removing what a run that was killed left half done',
    });
  }

  async #insertRun({ runId, command, tickloomVersion, startedAt }: RunStart): Promise<void> {
    await this.#rows(
      `insert into ${this.database.table('runs')} (run_id, command, tickloom_version, started_at) values ($1, $2, $3, $4)`,
      [runId, command, tickloomVersion, startedAt],
    );
  }

  async finishRun(runId: string, report: RunReport): Promise<void> {
    await this.#rows(
      `update ${this.database.table('runs')} set status = $2, report = $3, finished_at = clock_timestamp()
        where run_id = $1`,
      [runId, report.status, JSON.stringify(report)],
    ).finally(() => this.#locks.release(runId));
  }

  async recordFailure(runId: string, chunk: ChunkReport): Promise<void> {
    const { records } = chunk;
    await this.#rows(
      `insert into ${this.database.table('chunks')}
         (chunk_id, run_id, source, status, dataset, schema, start_ns, end_ns, decoded, control, unsupported, error,
          symbols, finished_at)
       values (coalesce($1, nextval(pg_get_serial_sequence($2, 'chunk_id'))), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
               $13, $14, clock_timestamp())`,
      [
        chunk.chunk_id,
        this.database.table('chunks'),
        runId,
        chunk.source,
        chunk.status === 'cancelled' ? 'cancelled' : 'failed',
        chunk.dataset,
        chunk.schema,
        parseNanos(chunk.start),
        parseNanos(chunk.end),
        records.decoded,
        records.control,
        records.unsupported,
        JSON.stringify(chunk.error),
        JSON.stringify(chunk.symbols),
      ],
    );
  }

  async knowsHeader(headerSha256: string): Promise<boolean> {
    const rows = await this.#rows(
      `select from ${this.database.table('chunks')} where status = 'loaded' and header_sha256 = $1 limit 1`,
      [headerSha256],
    );
    return rows.length > 0;
  }

  async findContent(content: ContentIdentity): Promise<LoadedChunk | undefined> {
    const { contentSha256, dataset, schema, version, tsOut } = content;
    const [row] = await this.#rows<FoundChunk>(
      `select chunk_id, source, finished_at, unsupported, ${PLUGIN_NAMES} as plugins, bool_or(covers) over () as covers
         from ${this.database.table('chunks')}
        where status = 'loaded' and content_current and content_sha256 = $1 and dataset = $2
          and schema is not distinct from $3 and dbn_version = $4 and ts_out = $5
        order by unsupported, chunk_id limit 1`,
      [contentSha256, dataset, schema, version, tsOut],
    );
    if (row === undefined) return undefined;
    const { chunk_id, source, finished_at: loadedAt, unsupported, plugins, covers } = row;
    const counts = { chunkId: Number(chunk_id), unsupported: Number(unsupported) };
    return { ...counts, source, loadedAt, contentSha256, plugins, covers };
  }

  async relocate(content: ContentIdentity, origin: ChunkOrigin): Promise<void> {
    await this.database.withSession((session) => relocate(session, this.database, content, origin), {
      doing: 'writing down where bytes are',
    });
  }

  async coverageOf(claim: CoverageClaim): Promise<'none' | 'part' | 'all'> {
    return this.database.withSession((session) => claimedCoverage(session, this.database, claim), {
      doing: 'asking what is covered',
    });
  }

  async listRuns(limit: number): Promise<RunSummary[]> {
    const rows = await this.#rows<RunRow>(
      `select ${this.#runColumns} from ${this.database.table('runs')} r order by started_at desc, run_id limit $1`,
      [limit],
    );
    return rows.map(summary);
  }

  async showRun(idStart: string): Promise<RunDetails | undefined> {
    if (!ID_START.test(idStart)) return undefined;
    const [row, another] = await this.#rows<RunRow>(
      `select ${this.#runColumns} from ${this.database.table('runs')} r where run_id::text like $1 || '%' limit 2`,
      [idStart.toLowerCase()],
    );
    if (row === undefined) return undefined;
    if (another !== undefined) {
      throw new TickloomError('NOT_FOUND', `several runs have an id that begins with "${idStart}"`, {
        hint: 'Give more of the id: see "tickloom runs list".',
        context: { run_id: idStart },
      });
    }
    const details = row.report?.details ?? (await this.#chunksOf(row.run_id));
    return { ...summary(row), tickloom_version: row.tickloom_version, report: row.report, details };
  }

  async coverage({ dataset, schema, symbols }: CoverageFilter): Promise<CoverageEntry[]> {
    const rows = await this.#rows<Omit<CoverageEntry, 'intervals'> & { intervals: string }>(
      `select dataset, schema, stype_in, symbol, intervals::text as intervals from ${this.database.table('coverage')}
        where ($1::text is null or dataset = $1) and ($2::text is null or schema = $2)
          and ($3::text[] is null or symbol = any ($3))
        order by dataset, schema, stype_in, symbol`,
      [dataset ?? null, schema ?? null, symbols ?? null],
    );
    return rows.map(({ intervals, ...key }) => ({
      ...key,
      intervals: parseMultirange(intervals).map(({ start, end }) => ({
        start: formatNanos(start),
        end: formatNanos(end),
      })),
    }));
  }

  async boughtChunks(filter: CoverageFilter): Promise<BoughtChunk[]> {
    return this.database.withSession((session) => boughtChunks(session, this.database, filter), {
      doing: 'asking what was bought',
    });
  }

  /** A run that was killed is called so, also before the next one has written it down. */
  get #runColumns(): string {
    return `run_id, command, tickloom_version, started_at, finished_at, report,
      case when status = 'running' and not ${this.#locks.isAlive('r.run_id')} then 'interrupted' else status end as status`;
  }

  async covered(dataset: string, schema: string, within: NanosRange): Promise<CoveredAsk[]> {
    const rows = await this.#rows<{ stype_in: string; symbol: string; intervals: string }>(
      `select stype_in, symbol, (intervals * $3::int8multirange)::text as intervals
         from ${this.database.table('coverage')}
        where dataset = $1 and schema = $2 and intervals && $3::int8multirange
        order by stype_in, symbol`,
      [dataset, schema, formatMultirange([within])],
    );
    return rows.map(({ stype_in, symbol, intervals }) => ({
      stypeIn: stype_in,
      symbol,
      ranges: parseMultirange(intervals),
    }));
  }

  /** What a run that was killed left in the ledger. */
  async #chunksOf(runId: string): Promise<ChunkReport[]> {
    const rows = await this.#rows<ChunkRow>(
      `select ${CHUNK_COLUMNS} from ${this.database.table('chunks')} where run_id = $1 order by chunk_id`,
      [runId],
    );
    return rows.map(chunkReport);
  }

  async #rows<R extends Record<string, unknown>>(sql: string, values: readonly unknown[]): Promise<R[]> {
    await this.#locks.renew();
    return this.database.withSession((session) => session.rows<R>(sql, values), { doing: 'asking the ledger' });
  }
}

function summary(row: RunRow): RunSummary {
  return {
    run_id: row.run_id,
    command: row.command,
    status: row.status,
    started_at: row.started_at.toISOString(),
    finished_at: row.finished_at?.toISOString() ?? null,
    chunks: row.report?.chunks ?? null,
    records: row.report?.records ?? null,
  };
}

/** The inverse of formatNanos. */
function parseNanos(iso: string | null): bigint | null {
  if (iso === null) return null;
  const decimals = /\.(\d{9})Z$/.exec(iso)?.[1] ?? '0';
  return BigInt(Date.parse(iso.slice(0, 19) + 'Z')) * 1_000_000n + BigInt(decimals);
}
