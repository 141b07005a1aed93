import { TickloomError } from '../errors/index.js';
import { formatUsd, readableUsd, type Usd } from './usd.js';

/** What a run may cost without anybody being asked, when nothing else is set: 5 USD. */
export const MAX_UNATTENDED_COST: Usd = 5_000_000_000_000n;

export interface PurchaseQuestion {
  /** Of everything that the run would buy. */
  readonly estimate: Usd;
  /** The most that the run may cost, from the flag or the config; `null` when nobody said. */
  readonly cap: Usd | null;
  /** The most that a run may cost when nobody can be asked. */
  readonly maxUnattended: Usd;
  /** Somebody is there to be asked: stdin and stderr are terminals, and the output is for people. */
  readonly interactive: boolean;
  /** Agreed to beforehand. */
  readonly yes: boolean;
  /** Asks the person. Called once at most, and only when the estimate is not zero. */
  readonly confirm: (estimate: Usd) => Promise<boolean>;
}

/**
 * Lets a purchase go on, or refuses all of it before a byte is bought. A cap holds whoever agrees.
 * @throws COST_CAP
 */
export async function decidePurchase(question: PurchaseQuestion): Promise<void> {
  const { estimate, cap, maxUnattended, interactive, yes, confirm } = question;
  if (cap !== null && estimate > cap) {
    throw refused(question, `is more than the cap of ${formatUsd(cap)} USD`, 'Raise --max-cost, or ask for less.', cap);
  }
  if (estimate === 0n || yes) return;
  if (interactive) {
    if (await confirm(estimate)) return;
    throw refused(question, 'was not agreed to', 'Ask for less, or run the same command again.');
  }
  if (cap === null && estimate > maxUnattended) {
    throw refused(
      question,
      `is more than the ${formatUsd(maxUnattended)} USD that a run may cost when nobody can be asked`,
      'Say --yes, give --max-cost, or raise maxUnattendedCost in the config file.',
      maxUnattended,
    );
  }
}

function refused(
  { estimate, cap }: PurchaseQuestion,
  why: string,
  hint: string,
  passed: Usd | null = null,
): TickloomError {
  const cost = readableUsd(estimate, passed);
  return new TickloomError('COST_CAP', `the estimated cost of ${cost} USD ${why}; nothing was bought`, {
    hint,
    context: { estimated_usd: formatUsd(estimate), max_cost_usd: cap === null ? null : formatUsd(cap) },
  });
}
