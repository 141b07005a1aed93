/** `db_schema` and `dbSchema` to `db-schema`, as the flag is called. */
export function toFlagName(key: string): string {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
}

/** `db-schema` to `dbSchema`, as the property of the settings is called. */
export function toPropertyName(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The environment variables of a flag, the stronger one first. */
export function variablesOf(flag: string): readonly string[] {
  const variable = `TICKLOOM_${flag.toUpperCase().replaceAll('-', '_')}`;
  return flag === 'database' ? ['TICKLOOM_DATABASE_URL', variable] : [variable];
}
