import { overlaps } from '../coverage/range-set.js';
import { MOST_SYMBOLS, type StypeIn } from './range-request.js';
import type { Meaning, SymbolMeanings } from './symbol-meanings.js';

/**
 * The symbols as groups that may be asked for together: at most 2,000, and no two that mean one instrument on one day,
 * for then a row could not say under which of them it came. Children of parents carry their own symbols, whichever
 * parent they came under. The groups follow from the request alone, so that a resumed run asks as the first one did.
 */
export function symbolGroups(
  stypeIn: StypeIn,
  symbols: readonly string[],
  meanings: SymbolMeanings,
): (readonly string[])[] {
  const groups: Group[] = [];
  for (const symbol of symbols) {
    const meant = meanings.of(symbol);
    const claims = stypeIn === 'parent' || meant === 'everything' ? [] : meant;
    let group = groups.find((candidate) => candidate.takes(claims));
    if (group === undefined) groups.push((group = new Group()));
    group.add(symbol, claims);
  }
  return groups.map(({ symbols: grouped }) => grouped);
}

class Group {
  readonly symbols: string[] = [];
  readonly #claimed = new Map<string, Meaning[]>();

  takes(claims: readonly Meaning[]): boolean {
    if (this.symbols.length >= MOST_SYMBOLS) return false;
    return !claims.some(({ instrumentId, range }) =>
      this.#claimed.get(instrumentId)?.some((other) => overlaps(other.range, range)),
    );
  }

  add(symbol: string, claims: readonly Meaning[]): void {
    this.symbols.push(symbol);
    for (const claim of claims) {
      const known = this.#claimed.get(claim.instrumentId);
      if (known === undefined) this.#claimed.set(claim.instrumentId, [claim]);
      else known.push(claim);
    }
  }
}
