/** What became of the records of some content. */
export interface Served {
  /** Records that no plugin served. */
  readonly unsupported: number;
  /** Names of the plugins that the others went to. */
  readonly plugins: readonly string[];
}

/**
 * Whether plugins of today make rows of content that those it was loaded with did not: fewer records are left over, or
 * others are, because a plugin came and another one went.
 */
export function servesMore(today: Served, held: Served): boolean {
  if (today.unsupported < held.unsupported) return true;
  // a ledger of old knows no plugins
  return held.plugins.length > 0 && today.plugins.some((name) => !held.plugins.includes(name));
}
