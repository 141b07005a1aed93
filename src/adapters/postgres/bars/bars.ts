import { TickloomError } from '../../../core/errors/index.js';
import type { TableSpec } from '../../../core/model/model-spec.js';
import type { BarLength } from '../../../core/storage/bar-length.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { takeTransactionLock } from '../sink/transaction-lock.js';
import { readTimescale, type Timescale, type TimescaleState } from '../timescale/extension.js';
import { relationOf, timescaleFunction } from '../timescale/hypertable-sql.js';
import { readHypertables } from '../timescale/hypertables.js';
import { barAggregate, barsName, barView, TRADE_COLUMNS, TRADES } from './bar-sql.js';
import { type BarsView, type HeldBars, readBars } from './held-bars.js';

/**
 * How many bars of an instrument a day has: as much is refreshed in a transaction. By itself the extension takes ten at a
 * time, of seconds thirty times as long, or before 2.28 all at once.
 */
const BARS_OF_DAY: Readonly<Record<BarLength, number>> = { '1s': 86_400, '1m': 1_440, '1h': 24, '1d': 1 };

/** Making an aggregate waits until nobody writes trades; whoever waits for that lock in turn is not to wait long. */
const LOCK_TIMEOUT_MS = 10_000;

/**
 * The bars of trades, as views beside their table: continuous aggregates on a hypertable, where the extension has them,
 * else plain views.
 */
export class Bars {
  constructor(private readonly database: Database) {}

  /**
   * Makes those of these lengths that are not there yet, or that the table could have better; without rows.
   * @throws CONFIG_INVALID where no trades are kept, or a table has the name; DATABASE_CONFLICT while trades are written;
   * STORAGE_UNAVAILABLE as {@link check}
   */
  async make(lengths: readonly BarLength[], table: TableSpec | undefined, signal?: AbortSignal): Promise<BarsView[]> {
    if (lengths.length === 0) return [];
    const trades = checkedTrades(table);
    return this.database.transaction((session) => this.#make(session, lengths, trades), {
      signal,
      doing: 'making the bars',
    });
  }

  /**
   * Of these lengths, what is kept already stays so, or nothing is begun.
   * @throws STORAGE_UNAVAILABLE where one is a continuous aggregate that nothing refreshes, as under the Apache licence
   */
  async check(lengths: readonly BarLength[], signal?: AbortSignal): Promise<void> {
    await this.database.withSession((session) => this.#check(session, lengths), {
      signal,
      doing: 'looking at the bars',
    });
  }

  /**
   * Brings continuous aggregates up to what was loaded, replaced and replayed since; looks at nothing else. Who is
   * refreshing them already is waited for: the extension refuses a second one.
   */
  async refresh(signal?: AbortSignal): Promise<void> {
    const { dbSchema } = this.database;
    await this.database.withSession(
      async (session) => {
        const held = await readBars(session, dbSchema);
        const aggregates = held.filter(({ kind }) => kind === 'continuous aggregate');
        if (aggregates.length === 0) return;
        const timescale = thatKeeps(await readTimescale(session), aggregates);
        const lock = `hashtextextended('tickloom refresh of bars ' || $1, 0)`;
        await session.query(`select pg_advisory_lock(${lock})`, [dbSchema]);
        try {
          for (const { length } of aggregates) await this.#refresh(session, timescale, length);
        } finally {
          if (!session.isGone) await session.query(`select pg_advisory_unlock(${lock})`, [dbSchema]);
        }
      },
      { signal, doing: 'refreshing the bars' },
    );
  }

  /** A call that commits by itself, and takes only the ranges that changed. */
  async #refresh(session: Session, timescale: Timescale, length: BarLength): Promise<void> {
    const batched = await takesArgument(session, timescale, 'refresh_continuous_aggregate', 'options');
    const options = batched ? `, options => '{"buckets_per_batch": ${BARS_OF_DAY[length]}}'` : '';
    const refresh = timescaleFunction(timescale, 'refresh_continuous_aggregate');
    const view = relationOf(this.database.dbSchema, barsName(length));
    await session.query(`call ${refresh}(${view}, null, null${options})`);
  }

  async #make(session: Session, lengths: readonly BarLength[], table: TableSpec): Promise<BarsView[]> {
    const { dbSchema } = this.database;
    await takeTransactionLock(session, this.database, 'bars');
    const held = await this.#check(session, lengths);
    const timescale = await aggregating(session, dbSchema, table.name);
    const kind = timescale === null ? 'view' : 'continuous aggregate';
    const made: BarsView[] = [];
    for (const length of new Set(lengths)) {
      const there = held.find((bars) => bars.length === length);
      if (there?.kind === kind) continue;
      await session.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
      await this.#drop(session, there);
      if (timescale === null) await session.query(barView(dbSchema, table.name, length));
      else await this.#aggregate(session, timescale, table, length);
      made.push({ length, name: barsName(length), kind });
    }
    return made;
  }

  /** A view in the place of an aggregate would lose what it keeps. */
  async #check(session: Session, lengths: readonly BarLength[]): Promise<HeldBars[]> {
    const held = await readBars(session, this.database.dbSchema);
    const kept = held.filter(({ length, kind }) => kind === 'continuous aggregate' && lengths.includes(length));
    if (kept.length > 0) thatKeeps(await readTimescale(session), kept);
    return held;
  }

  /** With a policy for the case that a run ends between its last rows and its refresh. */
  async #aggregate(session: Session, timescale: Timescale, table: TableSpec, length: BarLength): Promise<void> {
    const { dbSchema } = this.database;
    await session.query(barAggregate(timescale, dbSchema, table.name, length));
    const view = this.database.table(barsName(length));
    await session.query(`create index on ${view} (symbol, ts_event)`);
    const batched = await takesArgument(session, timescale, 'add_continuous_aggregate_policy', 'buckets_per_batch');
    const batch = batched ? `, buckets_per_batch => ${BARS_OF_DAY[length]}` : '';
    await session.query(
      `select ${timescaleFunction(timescale, 'add_continuous_aggregate_policy')}(
          ${relationOf(dbSchema, barsName(length))}, start_offset => null, end_offset => null,
          schedule_interval => interval '1 hour', initial_start => now() + interval '1 hour'${batch})`,
    );
  }

  async #drop(session: Session, held: HeldBars | undefined): Promise<void> {
    if (held === undefined) return;
    const { name } = held;
    if (held.kind === 'something else') {
      throw new TickloomError('CONFIG_INVALID', `bars of ${held.length} would be called "${name}", as a table is`, {
        hint: 'Rename that table, or leave this length out of --bars.',
        context: { table: name },
      });
    }
    const what = held.kind === 'view' ? 'view' : 'materialized view';
    await session.query(`drop ${what} ${this.database.table(name)}`);
  }
}

/** Whether this version's function or procedure has an argument of that name. */
async function takesArgument(
  session: Session,
  { schema }: Timescale,
  routine: string,
  argument: string,
): Promise<boolean> {
  const { takes } = await session.row<{ takes: boolean }>(
    `select exists (select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = $1 and p.proname = $2 and $3 = any (p.proargnames)) as takes`,
    [schema, routine, argument],
  );
  return takes;
}

/** @throws STORAGE_UNAVAILABLE where the server keeps no continuous aggregates, and these are some */
function thatKeeps(state: TimescaleState, aggregates: readonly HeldBars[]): Timescale {
  if (state.kind === 'usable' && state.timescale.community) return state.timescale;
  const names = aggregates.map(({ name }) => name);
  const [what, them] = names.length === 1 ? ['is a continuous aggregate', 'it'] : ['are continuous aggregates', 'them'];
  const why =
    state.kind === 'usable'
      ? `the server has TimescaleDB ${state.timescale.version} under the Apache licence, which does not refresh ${them}`
      : state.reason;
  throw new TickloomError('STORAGE_UNAVAILABLE', `${names.join(', ')} ${what}, and ${why}`, {
    hint:
      state.kind === 'usable'
        ? "Install the Community edition and set timescaledb.license = 'timescale' on the server, or drop them: --bars then makes plain views."
        : state.hint,
    context: { bars: names.join(', ') },
  });
}

/** @returns `null` where bars are plain views: of a plain table, and under the Apache licence */
async function aggregating(session: Session, dbSchema: string, table: string): Promise<Timescale | null> {
  const hypertables = await readHypertables(session, dbSchema);
  if (!hypertables.some(({ name }) => name === table)) return null;
  const state = await readTimescale(session);
  return state.kind === 'usable' && state.timescale.community ? state.timescale : null;
}

function checkedTrades(table: TableSpec | undefined): TableSpec {
  const columns = new Set(table?.columns.map(({ name }) => name));
  const missing = TRADE_COLUMNS.filter((name) => !columns.has(name));
  if (table !== undefined && missing.length === 0) return table;
  const why = table === undefined ? 'no plugin serves them' : `their plugin has no ${missing.join(', ')}`;
  throw new TickloomError('CONFIG_INVALID', `bars are made of "${TRADES}", and ${why}`, {
    hint: 'Leave out --bars, or use the bundled plugin of trades.',
    context: { schema: TRADES },
  });
}
