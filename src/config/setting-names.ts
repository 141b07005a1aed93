/** Other names under which people know a setting: the API's own. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ['start-date', 'start'],
  ['end-date', 'end'],
]);

/** `db_schema` and `dbSchema` to `db-schema`, as the flag is called. */
export function toFlagName(key: string): string {
  const name = key
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replaceAll('_', '-')
    .toLowerCase();
  return OTHER_NAMES.get(name) ?? name;
}

/** `db-schema` to `dbSchema`, as the property of the settings is called. */
export function toPropertyName(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

const OTHER_FLAGS = new Map([...OTHER_NAMES].map(([other, flag]) => [flag, [other]]));
const STRONGER_VARIABLES: Readonly<Record<string, readonly string[]>> = { database: ['TICKLOOM_DATABASE_URL'] };
/** What the vendor's own clients read. */
const VENDOR_VARIABLES: Readonly<Record<string, readonly string[]>> = { gateway: ['DATABENTO_GATEWAY'] };

/** The environment variables of a flag, the stronger one first. */
export function variablesOf(flag: string): readonly string[] {
  const variables = [flag, ...(OTHER_FLAGS.get(flag) ?? [])].map(
    (name) => `TICKLOOM_${name.toUpperCase().replaceAll('-', '_')}`,
  );
  return [...(STRONGER_VARIABLES[flag] ?? []), ...variables, ...(VENDOR_VARIABLES[flag] ?? [])];
}
