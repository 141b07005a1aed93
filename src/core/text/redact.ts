const MASK = '***';

/** `scheme://user:password@`: up to the last `@` before a space, because passwords hold `@`, `/` and quotes unescaped. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):\S*@/gi;

/** `password=…` in a query or in a libpq string, `"password": "…"` in a printed object. */
const NAMED_PASSWORD = /((?:password|passwd|api[_-]?key)["']?\s*[:=]\s*)('[^']*'|"[^"]*"|[^\s,;&}'"]+)/gi;

/** A Databento key: `db-` and 29 letters and digits. */
const DATABENTO_KEY = /\bdb-[A-Za-z0-9]{29}\b/g;

/** Replaces what looks like a password or an API key. The rest of the text stays as it is. */
export function redact(text: string): string {
  return text
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(NAMED_PASSWORD, `$1${MASK}`)
    .replace(DATABENTO_KEY, `db-${MASK}`);
}

/** What is shorter is no key, and its letters are those of ordinary text. */
const SECRET_MIN_LENGTH = 8;

/**
 * A {@link redact} that also knows the very passwords in `values` (the arguments, the environment), so that they are
 * found where a library has torn the URL apart.
 *
 * @param wholeSecrets values that are a secret from their first letter to their last: an API key
 */
export function createRedactor(
  values: Iterable<string>,
  wholeSecrets: readonly string[] = [],
): (text: string) => string {
  const secrets = new Set<string>(wholeSecrets.filter((secret) => secret.length >= SECRET_MIN_LENGTH));
  for (const value of values) {
    for (const secret of passwordsIn(value)) secrets.add(secret);
  }
  // the longest first: one may be part of another
  const known = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, MASK), redact(text));
}

/** Short lower-case words ("postgres") are also ordinary text; only their place in a URL makes them secrets. */
const ORDINARY_WORD = /^([a-z]{0,12}|.{0,3})$/;

function passwordsIn(value: string): string[] {
  const inUrl = /:\/\/[^:/@]*:(.*)@/s.exec(value)?.[1];
  const inQuery = /[?&](?:ssl)?password=([^&]*)/i.exec(value)?.[1];
  return [inUrl, inQuery]
    .filter((found) => found !== undefined)
    .flatMap((found) => [found, decoded(found)])
    .filter((found) => !ORDINARY_WORD.test(found));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
