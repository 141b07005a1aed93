import { setTimeout as delay } from 'node:timers/promises';
import { TickloomError } from '../core/errors/index.js';
import { announcedKey, type AnnouncedPurchase } from '../core/historical/announced-purchase.js';
import { describeRequest } from '../core/historical/describe-request.js';
import type { ProgressEvent } from '../core/progress/progress-event.js';
import type { PurchaseBoards } from './purchase-boards.js';

const POLL_MS = 200;

/** The waiting of one run for what others are buying. */
export class PurchaseWait {
  #leftMs: number;
  readonly #told = new Set<string>();

  /** @param mostMs in all */
  constructor(
    private readonly boards: PurchaseBoards,
    private readonly mostMs: number,
    private readonly emit: (event: ProgressEvent) => void,
    private readonly signal: AbortSignal,
  ) {
    this.#leftMs = mostMs;
  }

  /** Returns when one of them is there, or will not come: then less may be in the way. @throws LOCKED, CANCELLED */
  async for(purchases: readonly AnnouncedPurchase[]): Promise<void> {
    this.#tell(purchases);
    const awaited = purchases.map(announcedKey);
    for (;;) {
      const began = performance.now();
      const there = new Set((await this.boards.look()).announced.map(announcedKey));
      if (!awaited.every((key) => there.has(key))) return;
      if (this.#leftMs <= 0) throw this.#locked(purchases);
      const pause = Math.min(POLL_MS * (1 + Math.random()), this.#leftMs);
      await delay(pause, undefined, { signal: this.signal }).catch((error: unknown) => {
        throw cancelled(error);
      });
      this.#leftMs -= performance.now() - began;
    }
  }

  #tell(purchases: readonly AnnouncedPurchase[]): void {
    for (const { announcement, who, request } of purchases) {
      if (this.#told.has(announcement)) continue;
      this.#told.add(announcement);
      const text = `waiting for another run (${who}), which is downloading some of the same: ${describeRequest(request)}`;
      this.emit({ type: 'note', level: 'info', text });
    }
  }

  #locked([first]: readonly AnnouncedPurchase[]): TickloomError {
    const source = first === undefined ? '' : describeRequest(first.request);
    const who = first?.who ?? '';
    const seconds = this.mostMs / 1000;
    const message = `${source} is being downloaded by another run (${who}): waited ${seconds} s for it; nothing was bought`;
    return new TickloomError('LOCKED', message, {
      hint: 'Run the same command again when that run is done, or give it more time with --lock-timeout.',
      context: { source, held_by: who, waited_seconds: seconds },
    });
  }
}

function cancelled(cause: unknown): TickloomError {
  return new TickloomError('CANCELLED', 'cancelled while waiting for another download of the same data', {
    hint: 'Run the same command again to go on.',
    cause,
  });
}
