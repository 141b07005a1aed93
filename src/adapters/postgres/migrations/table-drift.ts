import { TickloomError } from '../../../core/errors/index.js';
import type { ColumnSpec, TableSpec } from '../../../core/model/model-spec.js';
import type { Session } from '../connection/session.js';

/** A column as the database has it. */
export interface FoundColumn {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  /** True when the database fills it by itself. */
  readonly filled: boolean;
}

export type FoundTable = ReadonlyMap<string, FoundColumn>;

/** The columns of the tables that are there, by table name. */
export async function readTables(
  session: Session,
  dbSchema: string,
  names: readonly string[],
): Promise<Map<string, FoundTable>> {
  const rows = await session.rows<FoundColumn & { table: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            a.attnotnull as "notNull", a.atthasdef or a.attidentity <> '' as filled
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where n.nspname = $1 and c.relname = any ($2) and c.relkind in ('r', 'p')
      order by c.relname, a.attnum`,
    [dbSchema, names],
  );
  const tables = new Map<string, Map<string, FoundColumn>>();
  for (const { table, ...column } of rows) {
    const columns = tables.get(table) ?? new Map<string, FoundColumn>();
    tables.set(table, columns.set(column.name, column));
  }
  return tables;
}

/**
 * How a table differs from its declaration in a way that rows cannot be loaded; `undefined` when it does not.
 * Columns of the user's own are welcome as long as they need no value.
 */
export function driftOfTable(
  dbSchema: string,
  table: TableSpec,
  found: FoundTable | undefined,
): TickloomError | undefined {
  const name = `${dbSchema}.${table.name}`;
  if (found === undefined) {
    return drift(name, null, `table "${name}" is missing, though it was created before`, 'a table', 'none');
  }
  for (const column of table.columns) {
    const has = found.get(column.name);
    const expected = printedType(column);
    if (has === undefined) {
      return drift(name, column.name, `column "${column.name}" of table "${name}" is missing`, expected, 'none');
    }
    if (has.type !== expected) {
      const what = `column "${column.name}" of table "${name}" has type ${has.type}, expected ${expected}`;
      return drift(name, column.name, what, expected, has.type);
    }
    if (column.nullable && has.notNull) {
      const what = `column "${column.name}" of table "${name}" is NOT NULL, expected ${expected} that may be NULL`;
      return drift(name, column.name, what, `${expected} null`, `${has.type} not null`);
    }
  }
  const declared = new Set(table.columns.map((column) => column.name));
  for (const extra of found.values()) {
    if (declared.has(extra.name) || !extra.notNull || extra.filled) continue;
    const what = `column "${extra.name}" of table "${name}" is NOT NULL without a default, and no schema fills it`;
    return drift(name, extra.name, what, 'no such column', `${extra.type} not null`);
  }
  return undefined;
}

/** Someone else's table stands where ours should be. */
export function tableNotOurs(dbSchema: string, table: TableSpec): TickloomError {
  const name = `${dbSchema}.${table.name}`;
  return new TickloomError('SCHEMA_DRIFT', `table "${name}" is there already, and Tickloom did not create it`, {
    hint: 'Choose another Postgres schema with --db-schema, or rename that table.',
    context: { table: name },
  });
}

/** As PostgreSQL's format_type prints it. */
function printedType({ type }: ColumnSpec): string {
  return type === 'timestamptz' ? 'timestamp with time zone' : type;
}

function drift(table: string, column: string | null, what: string, expected: string, found: string): TickloomError {
  return new TickloomError('SCHEMA_DRIFT', `${what}; nothing was loaded`, {
    hint: 'Change the table back to what its schema declares, or load into another --db-schema.',
    context: { table, column, expected, found },
  });
}
