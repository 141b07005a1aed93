import { createInterface } from 'node:readline';
import { TickloomError } from '../config/errors.js';
import type { PurchaseOffer } from '../index.js';
import { interrupts, mode, streams } from './session.js';
import { dollarsText } from './tables/request-text.js';

/** Whether somebody is there to be asked: a person who sees the question and can answer it. */
export function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY && !mode.json;
}

function interrupted(): TickloomError {
  return new TickloomError('CANCELLED', 'interrupted at the question whether to buy; nothing was bought', {
    hint: 'Run the same command again.',
  });
}

/**
 * Asks a person at the terminal. Everything but a yes, the end of the input included, is a no.
 * @throws CANCELLED at Ctrl-C
 */
export async function confirmPurchase({ costUsd }: PurchaseOffer): Promise<boolean> {
  const { signal } = interrupts;
  if (signal.aborted) throw interrupted();
  streams.screen.write(`Buy this for $${dollarsText(Number(costUsd))}? [y/N] `);
  // The terminal keeps its own line editing, and its Ctrl-C stays a signal.
  const lines = createInterface({ input: process.stdin, terminal: false });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
      signal.addEventListener('abort', () => resolve(''), { once: true });
    });
    if (signal.aborted) throw interrupted();
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    lines.close();
    process.stdin.unref?.();
  }
}
