import { createHash } from 'node:crypto';

/** Bytes of the longest name. PostgreSQL cuts longer ones off, and then two of them may be one. */
const LONGEST_IDENTIFIER = 63;

/** A name of ours that PostgreSQL takes whole: of a longer one the beginning, and what tells it from others. ASCII only. */
export function shortened(name: string): string {
  if (name.length <= LONGEST_IDENTIFIER) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, LONGEST_IDENTIFIER - hash.length - 1)}_${hash}`;
}

/** A name in double quotes, whatever it holds. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A table or index in its Postgres schema. No statement of ours relies on the search path. */
export function qualify(dbSchema: string, name: string): string {
  return `${quoteIdentifier(dbSchema)}.${quoteIdentifier(name)}`;
}

/** A text in single quotes, for the places where PostgreSQL takes no parameter. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}
