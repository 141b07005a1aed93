/** What became of records. Always: decoded = loaded + already_loaded + quarantined + control + unsupported. */
export interface RecordCounts {
  decoded: number;
  loaded: number;
  already_loaded: number;
  quarantined: number;
  control: number;
  unsupported: number;
  /** Rows that were deleted for new ones; not part of the balance. */
  replaced: number;
}

/** How many rows took each step of the symbol ladder. */
export interface SymbolCounts {
  mapped: number;
  record: number;
  requested: number;
  fallback: number;
  unknown: number;
}

export const noRecords = (): RecordCounts => ({
  decoded: 0,
  loaded: 0,
  already_loaded: 0,
  quarantined: 0,
  control: 0,
  unsupported: 0,
  replaced: 0,
});

export const noSymbols = (): SymbolCounts => ({ mapped: 0, record: 0, requested: 0, fallback: 0, unknown: 0 });

/** Adds `more` onto `total`, field by field. */
export function addCounts<T extends RecordCounts | SymbolCounts>(total: T, more: T): T {
  for (const key of Object.keys(more) as (keyof T)[]) {
    (total[key] as number) += more[key] as number;
  }
  return total;
}

/** True when every decoded record is accounted for. */
export function balances(counts: RecordCounts): boolean {
  const { decoded, loaded, already_loaded, quarantined, control, unsupported } = counts;
  return decoded === loaded + already_loaded + quarantined + control + unsupported;
}
