import { randomUUID } from 'node:crypto';
import type { DependencyContainer } from 'tsyringe';
import type { DiskPurchases } from '../adapters/archive/index.js';
import {
  announcedKey,
  type AnnouncedPurchase,
  type Announcement,
  type PurchaseBoard,
} from '../core/historical/announced-purchase.js';
import { archiveIdOf } from '../core/archive/archive-id.js';
import { isTickloomError } from '../core/errors/index.js';
import type { RangeRequest } from '../core/historical/range-request.js';
import { PARTS } from './tokens.js';

/** What the boards say at one moment. */
export interface BoardsSeen {
  /** What other runs are about to buy. */
  readonly announced: readonly AnnouncedPurchase[];
  /** Keys of all that stands there. */
  readonly keys: ReadonlySet<string>;
}

/** What a run has announced, on both boards. */
export interface AnnouncedRun {
  readonly id: string;
  /** Says whether all of these are announced. */
  holds(requests: readonly RangeRequest[]): boolean;
  /** What was asked for is in the archive, or will not come. */
  fetched(request: RangeRequest): Promise<void>;
  /** Its chunk is loaded, or will not be. */
  loaded(request: RangeRequest): Promise<void>;
  end(): Promise<void>;
}

/** What other runs are about to buy: those over the same archive, and those over other archives into the same database. */
export class PurchaseBoards {
  private constructor(
    private readonly archive: DiskPurchases | null,
    private readonly database: PurchaseBoard | null,
  ) {}

  /** Where an archive or a ledger is not Tickloom's own, nobody else is known to use it. */
  static async open(parts: DependencyContainer, signal: AbortSignal): Promise<PurchaseBoards> {
    const replace = parts.resolve(PARTS.replace);
    const archive = replace.archive === undefined ? parts.resolve(PARTS.purchases) : null;
    if (replace.ledger !== undefined) return new PurchaseBoards(archive, null);
    const { PostgresPurchases } = await import('../adapters/postgres/ledger/postgres-purchases.js');
    return new PurchaseBoards(archive, new PostgresPurchases(await parts.resolve(PARTS.database).ready(signal)));
  }

  /**
   * A run over the same archive and into the same database counts once: what it brings is in the archive first.
   * @param own what is left out
   */
  async look(own?: Pick<AnnouncedRun, 'id'>): Promise<BoardsSeen> {
    const inDatabase = (await this.database?.list()) ?? [];
    const inArchive = (await this.archive?.list()) ?? [];
    const sharers = (await this.archive?.announcements()) ?? new Set();
    const all = [...inArchive, ...inDatabase.filter(({ announcement }) => !sharers.has(announcement))];
    return {
      announced: all.filter(({ announcement }) => announcement !== own?.id),
      keys: new Set([...inArchive, ...inDatabase].map(announcedKey)),
    };
  }

  /**
   * Announces what is to be bought, if nobody has announced anything since the boards were looked at.
   * @returns `undefined` when somebody has
   */
  async announce(requests: readonly RangeRequest[], { keys }: BoardsSeen): Promise<AnnouncedRun | undefined> {
    const id = randomUUID();
    const on = async (board: PurchaseBoard | null): Promise<Announcement | null> =>
      board === null ? NOWHERE : board.announce(id, requests, keys);
    const inArchive = await on(this.archive).catch(nowhereIfUnwritable);
    if (inArchive === null) return undefined;
    const inDatabase = await on(this.database).catch(async (error: unknown) => {
      await inArchive.end();
      throw error;
    });
    if (inDatabase === null) {
      await inArchive.end();
      return undefined;
    }
    const ids = new Set(requests.map(archiveIdOf));
    return {
      id,
      holds: (more) => more.every((request) => ids.has(archiveIdOf(request))),
      fetched: (request) => quietly(inArchive.withdraw(request)),
      loaded: (request) => quietly(inDatabase.withdraw(request)),
      end: async () => void (await Promise.allSettled([inArchive.end(), inDatabase.end()])),
    };
  }
}

const NOWHERE: Announcement = { withdraw: async () => undefined, end: async () => undefined };

/** Where nobody can write nobody can buy, as the chunk says that tries it. */
function nowhereIfUnwritable(error: unknown): Announcement {
  if (isTickloomError(error) && error.code === 'OUTPUT_UNWRITABLE') return NOWHERE;
  throw error;
}

/** What stands too long makes others wait until this run is over, and must not make it fail. */
function quietly(withdrawal: Promise<void>): Promise<void> {
  return withdrawal.catch(() => undefined);
}
