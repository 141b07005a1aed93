import { LENGTH_UNIT, RECORD_HEADER_SIZE, RTYPE } from '../constants.js';
import type { DbnVersion } from '../layout/record-layout.js';

/**
 * The versions that a record of this rtype and size (bytes, a ts_out trailer included) can come from. The limits hold
 * with and without that trailer.
 */
export function possibleVersions(rtype: number, size: number): readonly DbnVersion[] {
  switch (rtype) {
    case RTYPE.DEFINITION:
      return size < 400 ? [1] : size < 520 ? [2] : [3];
    case RTYPE.SYMBOL_MAPPING:
      return size < 176 ? [1] : [2, 3];
    case RTYPE.ERROR:
    case RTYPE.SYSTEM:
      return size < 320 ? [1] : [2, 3];
    case RTYPE.STATISTICS:
      return size < 80 ? [1, 2] : [3];
    default:
      return [1, 2, 3];
  }
}

/**
 * The versions that fit all whole records at the beginning of a fragment, oldest first. All three when its kinds look
 * the same in each; none when its records contradict each other.
 */
export function inferVersions(fragment: Uint8Array): readonly DbnVersion[] {
  let versions: readonly DbnVersion[] = [1, 2, 3];
  for (let at = 0; at + RECORD_HEADER_SIZE <= fragment.length;) {
    const size = (fragment[at] ?? 0) * LENGTH_UNIT;
    if (size < RECORD_HEADER_SIZE) break;
    const possible = possibleVersions(fragment[at + 1] ?? 0, size);
    versions = versions.filter((version) => possible.includes(version));
    at += size;
  }
  return versions;
}
