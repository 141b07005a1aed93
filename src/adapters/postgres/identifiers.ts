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
