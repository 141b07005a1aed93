import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDbnFileName } from './dbn-file-name.js';

const MANIFEST = 'manifest.json';
/** Far beyond every real manifest: what is larger is somebody else's file. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/**
 * The DBN files that the vendor's `manifest.json` of a job folder lists, in its order; `undefined` without one, and for
 * a file of that name that is something else.
 */
export async function readManifest(folder: string): Promise<readonly string[] | undefined> {
  let manifest: unknown;
  try {
    const text = await readFile(join(folder, MANIFEST), 'utf8');
    manifest = text.length > LARGEST_BYTES ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  const files = (manifest as { files?: unknown } | null | undefined)?.files;
  if (!Array.isArray(files)) return undefined;
  const names = files
    .map((file: unknown) => (file as { filename?: unknown } | null)?.filename)
    .filter((name) => typeof name === 'string');
  return names.filter(isDbnFileName);
}
