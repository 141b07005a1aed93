import { resolve } from 'node:path';
import type { DependencyContainer } from 'tsyringe';
import { findPlatformPackage } from '../adapters/embedded/platform-package.js';
import { refuseHiddenRows } from '../adapters/postgres/timescale/hidden-rows.js';
import { describeStorage, type StorageState } from '../adapters/postgres/timescale/table-storage.js';
import { availableRungs } from '../adapters/zstd/index.js';
import { throwIfCancelled } from '../core/abort/throw-if-cancelled.js';
import { asTickloomError } from '../core/errors/index.js';
import { archiveCheck, keyCheck } from './doctor-access.js';
import type { DoctorCheck } from './tickloom.js';
import { PARTS } from './tokens.js';
import { writableFolder } from './writable-folder.js';

const OLDEST_NODE: readonly [number, number] = [20, 19];

/** Looks whether everything that Tickloom needs is in place. Starts the embedded server, as an ingest would. */
export async function examine(parts: DependencyContainer, signal?: AbortSignal): Promise<DoctorCheck[]> {
  throwIfCancelled(signal, 'looking whether everything is in place');
  const database = parts.resolve(PARTS.database);
  const checks = [
    await check('node', async () => nodeVersion()),
    await check('zstd', async () => zstd()),
    await check('plugins', async () => {
      const registry = await parts.resolve(PARTS.registry);
      return `${registry.plugins().length} plugins, ${registry.list().length} schemas`;
    }),
    await check('api key', async () => keyCheck(parts, signal)),
    await check('archive', async () => archiveCheck(parts)),
  ];
  if (database.kind === 'embedded') {
    checks.push(
      await check('state folder', async () => {
        await writableFolder(database.home);
        return resolve(database.home);
      }),
    );
    checks.push(
      await check('embedded server', async () => {
        const { name, version } = findPlatformPackage();
        return `${name} ${version}`;
      }),
    );
  }
  checks.push(
    await check('database', async () => {
      await database.connect(signal).then((opened) => opened.withSession(async () => undefined, { signal }));
      return `${database.kind}, ${(await database.display()) ?? ''}`;
    }),
  );
  // A database that nobody waited for is not one that cannot be had.
  throwIfCancelled(signal, 'looking whether everything is in place');
  if (checks.at(-1)?.status !== 'ok') return checks;
  checks.push(
    await check('storage', async () => {
      const opened = await database.connect(signal);
      await opened.withSession((session) => refuseHiddenRows(session, opened.dbSchema), { signal });
      return storage(await database.storageState(opened));
    }),
  );
  const pending = await database.connect(signal).then(async (opened) => (await database.migrator(opened)).status());
  checks.push(
    pending.pending.length === 0
      ? { name: 'tables', status: 'ok', detail: `${pending.applied.length} migrations applied`, hint: null }
      : {
          name: 'tables',
          status: 'warning',
          detail: `${pending.pending.length} migrations pending`,
          hint: 'They are applied by the next ingest, or now by "tickloom db migrate".',
        },
  );
  return checks;
}

async function check(name: string, look: () => Promise<string | DoctorCheck>): Promise<DoctorCheck> {
  try {
    const found = await look();
    return typeof found === 'string' ? { name, status: 'ok', detail: found, hint: null } : found;
  } catch (error) {
    const { message, hint, code } = asTickloomError(error);
    return { name, status: 'failed', detail: message, hint: hint ?? null, code };
  }
}

function nodeVersion(): string | DoctorCheck {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return process.version;
  return {
    name: 'node',
    status: 'failed',
    detail: `${process.version}, older than ${OLDEST_NODE.join('.')}`,
    hint: 'Install a newer Node.js.',
  };
}

async function zstd(): Promise<string | DoctorCheck> {
  const [best] = await availableRungs();
  if (best !== 'fzstd') return `decompressed by ${best === 'node' ? 'Node itself' : `the ${best ?? 'none'}`}`;
  return {
    name: 'zstd',
    status: 'warning',
    detail: 'decompressed in JavaScript, which is slow',
    hint: 'Install the zstd program, or run on Node.js 22.15 or newer.',
  };
}

function storage({ asked, state }: StorageState): DoctorCheck {
  const { kind, detail } = describeStorage({ asked, state });
  const tables = kind === 'timescale' ? 'hypertables' : 'plain tables';
  const found = { name: 'storage', detail: `new tables are ${tables}: ${detail}` };
  if (state.kind === 'usable' || asked === 'plain') return { ...found, status: 'ok', hint: null };
  if (asked === 'timescale') return { ...found, status: 'failed', hint: state.hint, code: 'STORAGE_UNAVAILABLE' };
  // Plain tables are as good where nobody has thought of another kind.
  return state.kind === 'absent'
    ? { ...found, status: 'ok', hint: null }
    : { ...found, status: 'warning', hint: state.hint };
}
