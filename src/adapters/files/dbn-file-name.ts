/** Endings that mark a file in a folder, or behind a glob, as DBN. A file named by itself may have any name. */
export const DBN_ENDINGS = ['.dbn', '.dbn.zst', '.dbn.frag', '.dbn.frag.zst'] as const;

/** The predecessor of DBN is picked up too: leaving it out in silence would look as if its data had been loaded. */
const LEGACY_ENDING = '.dbz';

/**
 * True for a file that a folder or a glob contributes. Hidden files are not: that is how downloads under way are kept
 * (rsync and browsers among others). Names such as `x.dbn.zst.part` or `x.dbn~` fall out by their ending.
 */
export function isDbnFileName(name: string): boolean {
  if (name.startsWith('.')) return false;
  const lower = name.toLowerCase();
  return lower.endsWith(LEGACY_ENDING) || DBN_ENDINGS.some((ending) => lower.endsWith(ending));
}

/** The files that a folder or a glob contributes. */
export interface FileKind {
  /** e.g. `DBN files` */
  readonly what: string;
  readonly endings: readonly string[];
  matches(name: string): boolean;
}

export const DBN_FILES: FileKind = { what: 'DBN files', endings: DBN_ENDINGS, matches: isDbnFileName };

/** Files with one of these endings, each also with `.zst` behind it; hidden ones aside. */
export function filesEnding(endings: readonly string[]): FileKind {
  const matches = (name: string): boolean => {
    const lower = name.toLowerCase();
    return !name.startsWith('.') && endings.some((ending) => lower.endsWith(ending) || lower.endsWith(`${ending}.zst`));
  };
  return { what: 'files', endings, matches };
}
