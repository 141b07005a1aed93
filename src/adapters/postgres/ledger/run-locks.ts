import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';

/**
 * Tells runs that go on from runs that were killed: each holds a lock in the server, in a connection of its own, and
 * loses it with its process, however that ends.
 */
export class RunLocks {
  readonly #held = new Map<string, Session>();

  constructor(private readonly database: Database) {
    database.onClose(() => [...this.#held.keys()].forEach((runId) => this.release(runId)));
  }

  /** An SQL condition: the run of this id, an expression, holds its lock. */
  isAlive(runId: string): string {
    return `exists (
      select from pg_catalog.pg_locks l
       where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
         and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
         and (l.classid::bigint << 32 | l.objid::bigint) = ${this.#key(`${runId}::text`)})`;
  }

  /** Before the run is in the ledger, so that nobody ever sees it there without its lock. */
  async take(runId: string): Promise<void> {
    const session = await this.database.session({ doing: 'starting a run' });
    try {
      // a server that ends idle connections is not to end the run
      await session.query('set idle_session_timeout = 0');
      await session.query(`select pg_catalog.pg_advisory_lock(${this.#key('$1::text')})`, [runId]);
    } catch (error) {
      session.release({ discard: true });
      throw error;
    }
    this.#held.set(runId, session);
  }

  /** Takes again what was lost with a connection: the server may have been restarted meanwhile. */
  async renew(): Promise<void> {
    for (const [runId, session] of this.#held) {
      if (!session.isGone) continue;
      this.release(runId);
      // whoever asks the ledger something gets the error; a run without its lock goes on all the same
      await this.take(runId).catch(() => undefined);
    }
  }

  release(runId: string): void {
    this.#held.get(runId)?.release({ discard: true });
    this.#held.delete(runId);
  }

  #key(runId: string): string {
    const prefix = `tickloom ${this.database.dbSchema} run `.replaceAll("'", "''");
    return `pg_catalog.hashtextextended('${prefix}' || ${runId}, 0)`;
  }
}
