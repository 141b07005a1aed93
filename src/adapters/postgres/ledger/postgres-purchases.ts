import { hostname } from 'node:os';
import { archiveIdOf } from '../../../core/archive/archive-id.js';
import {
  announcedKey,
  type AnnouncedPurchase,
  type Announcement,
  type PurchaseBoard,
} from '../../../core/historical/announced-purchase.js';
import type { RangeRequest, StypeIn } from '../../../core/historical/range-request.js';
import type { Database } from '../connection/database.js';
import type { Session } from '../connection/session.js';
import { takeTransactionLock } from '../sink/transaction-lock.js';
import { RunLocks } from './run-locks.js';

interface PurchaseRow extends Record<string, unknown> {
  readonly announcement: string;
  readonly host: string;
  readonly process: string;
  readonly dataset: string;
  readonly schema: string;
  readonly stype_in: StypeIn;
  readonly symbols: readonly string[];
  readonly start_ns: string;
  readonly end_ns: string;
  readonly max_records: string | null;
}

/** What runs into one database are about to buy: rows of a table, which count while their run holds its lock in the server. */
export class PostgresPurchases implements PurchaseBoard {
  readonly #locks: RunLocks;

  constructor(private readonly database: Database) {
    this.#locks = new RunLocks(database);
  }

  async list(): Promise<readonly AnnouncedPurchase[]> {
    return this.database.withSession((session) => this.#alive(session), { doing: 'asking what other runs are buying' });
  }

  async announce(
    announcement: string,
    requests: readonly RangeRequest[],
    seen: ReadonlySet<string>,
  ): Promise<Announcement | null> {
    const { database } = this;
    await this.#locks.take(announcement);
    try {
      const isFirst = await database.transaction(
        async (session) => {
          await session.query('set transaction isolation level read committed');
          await takeTransactionLock(session, database, 'purchases');
          await session.query(
            `delete from ${this.#table} p where p.announcement <> $1 and not ${this.#locks.isAlive('p.announcement')}`,
            [announcement],
          );
          const others = await this.#alive(session);
          if (others.some((purchase) => !seen.has(announcedKey(purchase)))) return false;
          for (const request of requests) await this.#insert(session, announcement, request);
          return true;
        },
        { doing: 'announcing what is to be bought' },
      );
      if (!isFirst) this.#locks.release(announcement);
      return isFirst ? this.#announcement(announcement) : null;
    } catch (error) {
      this.#locks.release(announcement);
      throw error;
    }
  }

  get #table(): string {
    return this.database.table('purchases');
  }

  async #alive(session: Session): Promise<AnnouncedPurchase[]> {
    const rows = await session.rows<PurchaseRow>(
      `select p.announcement::text, p.host, p.process::text, p.dataset, p.schema, p.stype_in, p.symbols,
              p.start_ns::text, p.end_ns::text, p.max_records::text
         from ${this.#table} p where ${this.#locks.isAlive('p.announcement')}`,
    );
    return rows.map(announcedBy);
  }

  async #insert(session: Session, announcement: string, request: RangeRequest): Promise<void> {
    const { dataset, schema, stypeIn, symbols, start, end, limit } = request;
    await session.query(
      `insert into ${this.#table} (announcement, host, process, dataset, schema, stype_in, symbols, start_ns, end_ns,
         max_records, request_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
      [
        ...[announcement, hostname(), process.pid, dataset, schema, stypeIn, symbols],
        ...[String(start), String(end), limit === null ? null : String(limit), archiveIdOf(request)],
      ],
    );
  }

  #announcement(announcement: string): Announcement {
    const remove = async (condition: string, values: readonly unknown[]): Promise<void> => {
      const sql = `delete from ${this.#table} where announcement = $1 ${condition}`;
      await this.database.withSession((session) => session.query(sql, [announcement, ...values]));
    };
    return {
      withdraw: (request) => remove('and request_id = $2', [archiveIdOf(request)]),
      end: () => remove('', []).finally(() => this.#locks.release(announcement)),
    };
  }
}

function announcedBy(row: PurchaseRow): AnnouncedPurchase {
  const { announcement, host, process, dataset, schema, stype_in: stypeIn, symbols, max_records: limit } = row;
  const range = { start: BigInt(row.start_ns), end: BigInt(row.end_ns), limit: limit === null ? null : BigInt(limit) };
  const request = { dataset, schema, stypeIn, symbols, ...range };
  return { announcement, request, who: `process ${process} on ${host}`, shares: 'database' };
}
