/** PostgreSQL types that a declared field can become. */
export type PgType = 'timestamptz' | 'smallint' | 'integer' | 'bigint' | 'numeric' | '"char"' | 'text';
