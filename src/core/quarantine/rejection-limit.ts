import { TickloomError } from '../errors/index.js';
import type { Rejection } from './rejection.js';
import { counted } from '../text/counted.js';

/** How many rejected records a chunk may have: so many, or such a share of those that were checked. */
export type RejectionLimit = { readonly records: number } | { readonly share: number };

/**
 * Reads a whole number (`100`), a share (`0.01`) or a percentage (`1%`).
 * @returns `undefined` for anything else
 */
export function parseRejectionLimit(text: string): RejectionLimit | undefined {
  if (/^\d{1,15}$/.test(text)) return { records: Number(text) };
  const share = /^\d{1,3}(\.\d{1,15})?%$/.test(text)
    ? Number(text.slice(0, -1)) / 100
    : /^[01]?\.\d{1,15}$/.test(text)
      ? Number(text)
      : NaN;
  return share >= 0 && share <= 1 ? { share } : undefined;
}

/** @throws USAGE */
export function rejectionLimitOf(value: string | number): RejectionLimit {
  const limit = parseRejectionLimit(String(value));
  if (limit !== undefined) return limit;
  throw new TickloomError('USAGE', `"${value}" says no number of rejected records and no share`, {
    hint: 'Give a whole number, e.g. 100, or a share, e.g. 1% or 0.01.',
  });
}

/** Reasons that a message names. */
const NAMED_REASONS = 3;

/** Counts what a chunk rejects, and ends it when that is too much. */
export class RejectionCount {
  #rejected = 0;
  readonly #reasons = new Map<string, number>();

  constructor(
    private readonly limit: RejectionLimit | null,
    private readonly source: string,
  ) {}

  /** @throws TOO_MANY_REJECTED as soon as a number is passed */
  add(rejections: readonly Rejection[], checked: number): void {
    const { limit } = this;
    if (limit === null) return;
    this.#rejected += rejections.length;
    for (const { reasons } of rejections) {
      for (const { code, field } of reasons) {
        const reason = field === null ? code : `${code} (${field})`;
        this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      }
    }
    if ('records' in limit && this.#rejected > limit.records) {
      throw this.#tooMany(`of ${checked} so far`, `${limit.records} at the most are`, checked);
    }
  }

  /** @throws TOO_MANY_REJECTED when a share is passed */
  finish(checked: number): void {
    const { limit } = this;
    if (limit === null || !('share' in limit) || this.#rejected <= limit.share * checked) return;
    const percent = Number((limit.share * 100).toPrecision(12));
    throw this.#tooMany(`of ${checked}`, `${percent} % at the most are`, checked);
  }

  #tooMany(ofHowMany: string, allowed: string, checked: number): TickloomError {
    const common = [...this.#reasons].sort(([, a], [, b]) => b - a);
    const named = common.slice(0, NAMED_REASONS).map(([reason, times]) => `${reason} ${counted(times, 'time')}`);
    const others = common.length > NAMED_REASONS ? ', and others' : '';
    return new TickloomError(
      'TOO_MANY_REJECTED',
      `"${this.source}" has ${counted(this.#rejected, 'rejected record')} ${ofHowMany}, and ${allowed} accepted: ${named.join(', ')}${others}`,
      {
        hint: 'Look at the reasons; load it with a larger --max-rejected if they are right.',
        context: { source: this.source, rejected: this.#rejected, checked },
      },
    );
  }
}
