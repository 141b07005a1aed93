import type { DatabaseStatus } from '../../index.js';
import { facts, left, right, type Table } from './table.js';

export function databaseTable(status: DatabaseStatus): Table {
  const { migrations } = status;
  return facts({
    database: status.kind,
    running: status.running ? 'yes' : 'no',
    url: status.url,
    'server version': status.server_version,
    schema: status.db_schema,
    migrations: migrations && `${migrations.applied} applied, ${migrations.pending} pending`,
    ...(status.kind === 'embedded' && {
      folder: status.data_directory,
      pid: status.pid,
      'keeps running': status.keeps_running === null ? null : status.keeps_running ? 'yes' : 'no',
    }),
  });
}

export function tablesTable({ tables }: DatabaseStatus): Table {
  return {
    columns: [left('table'), right('rows'), right('bytes')],
    rows: tables.map(({ name, rows, bytes }) => [name, rows, bytes]),
  };
}
