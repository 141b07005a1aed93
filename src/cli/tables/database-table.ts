import type { DatabaseStatus } from '../../index.js';
import { facts, left, right, type Table } from './table.js';
import { counted } from '../../config/counted.js';

export function databaseTable(status: DatabaseStatus): Table {
  const { migrations } = status;
  return facts({
    database: status.kind,
    running: status.running ? 'yes' : 'no',
    url: status.url,
    'server version': status.server_version,
    schema: status.db_schema,
    storage: status.storage && `${status.storage.kind}: ${status.storage.detail}`,
    bars: status.running ? status.bars.map(({ name, kind }) => `${name} (${kind})`).join(', ') || 'none' : null,
    migrations: migrations && `${migrations.applied} applied, ${migrations.pending} pending`,
    ...(status.kind === 'embedded' && {
      folder: status.data_directory,
      pid: status.pid,
      'keeps running': status.keeps_running === null ? null : status.keeps_running ? 'yes' : 'no',
    }),
  });
}

/** Of what cannot be counted, and is not nothing. */
const UNTOLD = 'unknown';

/** The tables that hold something; those of schemas that are not used are one line. */
export function tablesTable({ tables }: DatabaseStatus): Table {
  const used = tables.filter(({ empty }) => !empty);
  const empty = tables.filter((table) => table.empty);
  const bytes = empty.reduce((sum, table) => sum + (table.bytes ?? 0), 0);
  const rest = empty.length === 0 ? [] : [[counted(empty.length, 'empty table'), 0, bytes]];
  const sizes = [...used.map(({ name, rows, bytes }) => [name, rows ?? UNTOLD, bytes ?? UNTOLD]), ...rest];
  if (!used.some(({ partitions }) => partitions)) {
    return { columns: [left('table'), right('rows'), right('bytes')], rows: sizes };
  }
  return {
    columns: [left('table'), right('rows'), right('bytes'), right('partitions'), right('compressed')],
    rows: sizes.map((row, index) => {
      const partitions = used[index]?.partitions;
      return [...row, partitions?.all ?? null, partitions?.compressed ?? null];
    }),
  };
}
