import { TickloomError } from '../../../core/errors/index.js';

/** The query parameters of libpq that mean something here. */
const PARAMETERS = [
  'host',
  'port',
  'user',
  'password',
  'passfile',
  'dbname',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'application_name',
  'connect_timeout',
  'options',
] as const;

type Parameter = (typeof PARAMETERS)[number];

/** What a URL says; parts it leaves out are missing. */
export type UrlParts = { readonly [name in Exclude<Parameter, 'dbname'> | 'database']?: string };

/** The password goes up to the last `@` before the path, as in every URL: so one that holds an `@` is still taken whole. */
const SHAPE =
  /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^/?#]*))?@)?(\[[^\]]*\]|[^:@/?#]*)(?::([^@/?#]*))?(?:\/([^@?#]*))?(?:\?([^#]*))?$/i;

/** An `@` behind the authority may end a password that holds `/` or `?`: then no part of the URL may be quoted. */
const MAY_BE_TORN = /^[a-z]+:\/\/[^/?#]*[/?#].*@/is;

/**
 * Takes a PostgreSQL URL apart. Not by `new URL`, whose errors carry the URL, and whose idea of an empty host differs
 * from libpq's.
 *
 * @param origin for the message: where the URL came from.
 * @throws DATABASE_URL_INVALID without any part of the URL that might be a password.
 */
export function parseConnectionUrl(text: string, origin: string): UrlParts {
  const match = SHAPE.exec(text.trim());
  if (match === null) throw unreadable(origin, text);
  const [, user, password, host, port, database, query] = match.map((part) => (part === '' ? undefined : part));
  if (port !== undefined && !/^\d+$/.test(port) && MAY_BE_TORN.test(text)) throw unreadable(origin, text);
  const named = parseQuery(query ?? '', origin, text);
  const { dbname, ...rest } = named;
  const parts = {
    user: decode(user, origin),
    password: decode(password, origin),
    host: decode(host?.replace(/^\[(.*)\]$/, '$1'), origin),
    port,
    database: decode(database, origin) ?? dbname,
  };
  if (parts.host?.includes(',')) {
    throw new TickloomError('DATABASE_URL_INVALID', `${origin} names several hosts; one is supported`, {
      hint: 'Name the server that accepts writes.',
    });
  }
  return { ...withoutUndefined(parts), ...rest };
}

function parseQuery(query: string, origin: string, text: string): { [name in Parameter]?: string } {
  const named: { [name in Parameter]?: string } = {};
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [rawName = '', rawValue = ''] = pair.split(/=(.*)/s);
    const name = PARAMETERS.find((known) => known === rawName);
    if (name === undefined) {
      if (MAY_BE_TORN.test(text)) throw unreadable(origin, text);
      throw new TickloomError(
        'DATABASE_URL_INVALID',
        `${origin} has the parameter "${rawName}"; known: ${PARAMETERS.join(', ')}`,
        { hint: 'Remove the parameter, or write one of the known ones.' },
      );
    }
    named[name] = decode(rawValue, origin) ?? '';
  }
  return named;
}

function decode(part: string | undefined, origin: string): string | undefined {
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new TickloomError('DATABASE_URL_INVALID', `${origin} has a "%" that no two hexadecimal digits follow`, {
      hint: 'Write a percent sign in a user name, password or database name as %25.',
    });
  }
}

function unreadable(origin: string, text: string): TickloomError {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text.trim())?.[1]?.toLowerCase();
  if (scheme === undefined || !/^postgres(ql)?$/.test(scheme)) {
    const found = scheme === undefined ? 'no scheme' : `the scheme "${scheme}"`;
    return new TickloomError('DATABASE_URL_INVALID', `${origin} has ${found}; needed is postgresql://`, {
      hint: 'Write the URL as postgresql://user:password@host:5432/database.',
    });
  }
  return new TickloomError(
    'DATABASE_URL_INVALID',
    `${origin} cannot be read as postgresql://user:password@host:port/database`,
    { hint: 'Percent-encode the characters @ : / ? # % in user name and password, e.g. @ as %40.' },
  );
}

function withoutUndefined<T extends Record<string, string | undefined>>(parts: T): { [name in keyof T]?: string } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as {
    [name in keyof T]?: string;
  };
}
