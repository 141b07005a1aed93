import { archiveIdOf } from '../archive/archive-id.js';
import type { RangeRequest } from './range-request.js';

/** What another run is about to buy, or is buying. */
export interface AnnouncedPurchase {
  /** Of everything that the run has announced at once. */
  readonly announcement: string;
  readonly request: RangeRequest;
  /** Whose it is, for people: `process 4711`. */
  readonly who: string;
  /** What that run shares with this one: what is bought is found there, in the archive once it came, in the database once it is loaded. */
  readonly shares: 'archive' | 'database';
}

/** What a run is about to buy, as the others see it. Gone when its process is, however that ended. */
export interface Announcement {
  /** Takes back one of its requests: it was brought, or will not be. */
  withdraw(request: RangeRequest): Promise<void>;
  /** Takes back all of them. */
  end(): Promise<void>;
}

/** Where runs that share an archive or a database tell each other what they are about to buy. */
export interface PurchaseBoard {
  /** What runs that are alive have announced. */
  list(): Promise<readonly AnnouncedPurchase[]>;
  /**
   * Announces what is to be bought, if nobody has announced anything since the board was looked at.
   * @param seen keys, by {@link announcedKey}, of what was on the board then
   * @returns `null` when somebody has
   */
  announce(
    announcement: string,
    requests: readonly RangeRequest[],
    seen: ReadonlySet<string>,
  ): Promise<Announcement | null>;
}

/** Tells one purchase of one announcement from all others. */
export function announcedKey({ announcement, request }: Pick<AnnouncedPurchase, 'announcement' | 'request'>): string {
  return `${announcement} ${archiveIdOf(request)}`;
}
