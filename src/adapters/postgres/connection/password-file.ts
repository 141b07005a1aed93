import { readFile, stat } from 'node:fs/promises';
import { TickloomError } from '../../../core/errors/index.js';

/** What a line of the file is compared with. */
export interface PasswordOwner {
  /** Name or address; a unix socket's folder when it starts with `/`. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Somebody else's permission to read, write or enter. */
const OTHERS = 0o077;

/**
 * The password of libpq's password file: of the first line `host:port:database:user:password` that fits.
 *
 * @returns `undefined` when there is no such file, or no such line.
 * @throws PATH_UNREADABLE for a file that cannot be read, or that other accounts can read as well: libpq passes over that one.
 */
export async function passwordFromFile(path: string, owner: PasswordOwner): Promise<string | undefined> {
  const lines = await linesOf(path);
  const { host, port, database, user } = owner;
  // as libpq has it, the server behind a socket is on "localhost"
  const wanted = [host.startsWith('/') ? [host, 'localhost'] : [host], [String(port)], [database], [user]];
  for (const line of lines) {
    const fields = fieldsOf(line);
    if (wanted.every((values, i) => fields[i] === '*' || values.includes(fields[i] ?? ''))) return fields[4];
  }
  return undefined;
}

async function linesOf(path: string): Promise<string[]> {
  try {
    const file = await stat(path);
    if (!file.isFile()) return [];
    if (process.platform !== 'win32' && (file.mode & OTHERS) !== 0) {
      throw new TickloomError(
        'PATH_UNREADABLE',
        `the password file "${path}" is not used: other accounts can read it`,
        {
          hint: `Close it: chmod 600 "${path}"`,
          context: { path },
        },
      );
    }
    const text = await readFile(path, 'utf8');
    return text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    if (error instanceof TickloomError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new TickloomError('PATH_UNREADABLE', `cannot read the password file "${path}" of the database connection`, {
      hint: 'Let this account read it, or give the password otherwise.',
      context: { path },
      cause: error,
    });
  }
}

/** Host, port, database, user and password; a backslash makes the next character, `:` or `\`, an ordinary one. */
function fieldsOf(line: string): string[] {
  const fields = [''];
  for (let i = 0; i < line.length; i++) {
    let character = line.charAt(i);
    if (character === ':' && fields.length < 5) {
      fields.push('');
      continue;
    }
    if (character === '\\' && i + 1 < line.length) character = line.charAt(++i);
    fields[fields.length - 1] += character;
  }
  return fields.length === 5 ? fields : [];
}
