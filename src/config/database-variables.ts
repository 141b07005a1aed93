/** The libpq variables that say which server or database is meant. The others (PGSSLMODE …) only say how to reach it. */
const LIBPQ_VARIABLES = ['PGHOST', 'PGHOSTADDR', 'PGPORT', 'PGDATABASE', 'PGUSER'];

/** True when the environment itself, beside `TICKLOOM_*`, names a database. */
export function namesDatabase(env: Readonly<Record<string, string | undefined>>): boolean {
  return ['DATABASE_URL', ...LIBPQ_VARIABLES].some((name) => env[name] !== undefined && env[name] !== '');
}
