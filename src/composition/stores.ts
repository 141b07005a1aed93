import type { DependencyContainer } from 'tsyringe';
import type { Database } from '../adapters/postgres/connection/database.js';
import type { PostgresSinkOptions } from '../adapters/postgres/sink/postgres-sink.js';
import { replacePart } from './replace-part.js';
import type { ReplaceableParts, Stores } from './replaceable-parts.js';
import { PARTS } from './tokens.js';

type Make<Name extends keyof Stores> = (
  database: Database,
  sink: PostgresSinkOptions,
) => Promise<ReplaceableParts[Name]>;

/** Each is imported when it is opened: a command needs one or two of them. */
const MAKE: { readonly [Name in keyof Stores]: Make<Name> } = {
  sink: async (database, options) => {
    const { PostgresSink } = await import('../adapters/postgres/sink/postgres-sink.js');
    return new PostgresSink(database, options);
  },
  ledger: async (database) => {
    const { PostgresLedger } = await import('../adapters/postgres/ledger/postgres-ledger.js');
    return new PostgresLedger(database);
  },
  quarantine: async (database) => {
    const { PostgresQuarantineStore } = await import('../adapters/postgres/quarantine/postgres-quarantine-store.js');
    return new PostgresQuarantineStore(database);
  },
  replay: async (database) => {
    const { PostgresReplayStore } = await import('../adapters/postgres/quarantine/postgres-replay-store.js');
    return new PostgresReplayStore(database);
  },
  export: async (database) => {
    const { PostgresExportStore } = await import('../adapters/postgres/export/postgres-export-store.js');
    return new PostgresExportStore(database);
  },
  verify: async (database) => {
    const { PostgresVerifyStore } = await import('../adapters/postgres/verify/postgres-verify-store.js');
    return new PostgresVerifyStore(database);
  },
};

interface OpenOptions {
  readonly signal?: AbortSignal | undefined;
  readonly sink?: PostgresSinkOptions;
  readonly asItIs?: boolean;
}

/**
 * The stores that are named, in a database whose tables are in place. Where all of them are replaced no database is
 * needed.
 * @param options `asItIs`: for tables that are known to be there, whether or not a later version has more
 */
export async function openStores<Name extends keyof Stores>(
  parts: DependencyContainer,
  names: readonly Name[],
  { signal, sink = {}, asItIs = false }: OpenOptions = {},
): Promise<Pick<Stores, Name>> {
  const replace = parts.resolve(PARTS.replace);
  const ready = (): Promise<Database> => parts.resolve(PARTS.database)[asItIs ? 'connect' : 'ready'](signal);
  const database = names.every((name) => replace[name] !== undefined) ? undefined : await ready();
  const open = async <Each extends Name>(name: Each): Promise<ReplaceableParts[Each]> => {
    const make: Make<Each> = MAKE[name];
    if (database !== undefined && replace[name] === undefined) return make(database, sink);
    return replacePart(
      replace,
      name,
      onDemand(async () => make(database ?? (await ready()), sink)),
    );
  };
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await open(name)]))) as Pick<
    Stores,
    Name
  >;
}

/** A store that is opened when it is used first. Every method of a store gives a promise. */
function onDemand<Store extends object>(open: () => Promise<Store>): Store {
  let opening: Promise<Store> | undefined;
  const call =
    (method: string | symbol) =>
    async (...args: unknown[]): Promise<unknown> => {
      const store = await (opening ??= open());
      return Reflect.apply(store[method as keyof Store] as (...given: unknown[]) => unknown, store, args);
    };
  // not a promise itself: async functions hand it on
  return new Proxy({} as Store, { get: (_, method) => (method === 'then' ? undefined : call(method)) });
}
