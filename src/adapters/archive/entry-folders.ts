import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RangeRequest } from '../../core/historical/range-request.js';
import { archiveIdOf } from '../../core/archive/archive-id.js';
import { archiveUnreadable, isMissing } from './archive-errors.js';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const UNFINISHED = '.unfinished';
const REPLACED = '.replaced';

/** The folders of one entry. */
export interface EntryFolder {
  readonly id: string;
  /** Holds the schema's entries. */
  readonly parent: string;
  /** There only when the entry is complete. */
  readonly complete: string;
  /** What has arrived of an entry that is not. */
  readonly unfinished: string;
  /** The entry that was there, while another takes its place. */
  readonly replaced: string;
}

export const entryFolderOf = (root: string, request: RangeRequest): EntryFolder => folder(root, archiveIdOf(request));

/** `undefined` for what cannot be an id: nothing from outside leads out of the archive. */
export function entryFolderOfId(root: string, id: string): EntryFolder | undefined {
  const names = id.split('/');
  return names.length === 3 && names.every(isName) ? folder(root, id) : undefined;
}

/** The ids of all folders that are entries, in order. */
export async function listEntryFolders(root: string): Promise<EntryFolder[]> {
  const found: EntryFolder[] = [];
  for (const dataset of await folderNames(root)) {
    for (const schema of await folderNames(join(root, dataset))) {
      for (const name of await folderNames(join(root, dataset, schema))) {
        found.push(folder(root, [dataset, schema, name].join('/')));
      }
    }
  }
  return found;
}

function folder(root: string, id: string): EntryFolder {
  const [dataset = '', schema = '', name = ''] = id.split('/');
  const parent = join(root, dataset, schema);
  const complete = join(parent, name);
  return { id, parent, complete, unfinished: complete + UNFINISHED, replaced: complete + REPLACED };
}

const isName = (name: string): boolean => NAME.test(name) && !name.endsWith(UNFINISHED) && !name.endsWith(REPLACED);

async function folderNames(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && isName(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw archiveUnreadable(path, error);
  }
}
