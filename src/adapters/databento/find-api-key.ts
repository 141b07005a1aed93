import { open } from 'node:fs/promises';
import { TickloomError } from '../../core/errors/index.js';
import { ApiKey } from './api-key.js';

/** A key is 32 characters; a file that is not one need not be read whole. */
const MOST_BYTES = 4096;

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
};

export interface KeyPlaces {
  /** Path of a file whose first line is the key. Stronger than the variable. */
  readonly file?: string | undefined;
  /** Value of `DATABENTO_API_KEY`. */
  readonly variable?: string | undefined;
}

/**
 * The API key, from a file or from the environment. Never from a flag's value: that would stand in the process list.
 * @throws API_KEY_INVALID when there is none, the file cannot be read, or it has not the form of a key
 */
export async function findApiKey({ file, variable }: KeyPlaces): Promise<ApiKey> {
  if (file !== undefined) return ApiKey.parse(await firstLine(file), `the first line of "${file}"`);
  if (variable === undefined) throw ApiKey.missing();
  return ApiKey.parse(variable, 'the environment variable DATABENTO_API_KEY');
}

async function firstLine(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, null);
      const text = buffer.toString('utf8', 0, bytesRead).replace(/^\ufeff/, '');
      return text.split(/\r?\n/, 1)[0] ?? '';
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const why = WHY[code] ?? code;
    throw new TickloomError('API_KEY_INVALID', `cannot read the API key from "${path}": ${why}`, {
      hint: 'Name a file that can be read and whose first line is the key.',
      context: { path },
      cause: error,
    });
  }
}
