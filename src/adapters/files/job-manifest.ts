import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDbnFileName } from './dbn-file-name.js';

const MANIFEST = 'manifest.json';
/** Far beyond every real manifest: what is larger is somebody else's file. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** What a manifest says of a file, as it is stored. */
export interface ListedFile {
  readonly name: string;
  /** Bytes; `null` where it does not say. */
  readonly size: number | null;
  /** SHA-256 in lower-case hex; `null` where it does not say. */
  readonly sha256: string | null;
}

/**
 * The DBN files that the vendor's `manifest.json` of a job folder lists, in its order; `undefined` without one, and for
 * a file of that name that is something else.
 */
export async function readManifest(folder: string): Promise<readonly ListedFile[] | undefined> {
  let manifest: unknown;
  try {
    const text = await readFile(join(folder, MANIFEST), 'utf8');
    manifest = text.length > LARGEST_BYTES ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
  const files = (manifest as { files?: unknown } | null | undefined)?.files;
  return Array.isArray(files) ? files.flatMap(listedFile) : undefined;
}

function listedFile(entry: unknown): ListedFile[] {
  const { filename, size, hash } = (entry ?? {}) as { filename?: unknown; size?: unknown; hash?: unknown };
  if (typeof filename !== 'string' || !isDbnFileName(filename)) return [];
  const digest = typeof hash === 'string' ? /^sha256:([0-9a-f]{64})$/i.exec(hash)?.[1] : undefined;
  return [
    {
      name: filename,
      size: Number.isSafeInteger(size) ? (size as number) : null,
      sha256: digest?.toLowerCase() ?? null,
    },
  ];
}
