import type { Session } from '../connection/session.js';

/** TimescaleDB as one database has it, fit for use. */
export interface Timescale {
  readonly version: string;
  /** The Postgres schema that its functions live in. */
  readonly schema: string;
  /** False under the Apache licence, whose edition has neither compression nor continuous aggregates. */
  readonly community: boolean;
}

/** What a database knows of TimescaleDB. */
export type TimescaleState =
  | { readonly kind: 'usable'; readonly timescale: Timescale }
  /** Not there, or not fit for use. */
  | { readonly kind: 'absent' | 'not created' | 'refused'; readonly reason: string; readonly hint: string };

/** The catalogue's answer; all of them `null` where the server has never heard of it. */
export interface ExtensionRow {
  /** Of the files on the server. */
  readonly available: string | null;
  /** Of what was created in this database. */
  readonly version: string | null;
  readonly schema: string | null;
  readonly licence: string | null;
}

const OLDEST: readonly [number, number] = [2, 14];

export async function readTimescale(session: Session): Promise<TimescaleState> {
  const row = await session.row<ExtensionRow & Record<string, unknown>>(
    `select (select default_version from pg_available_extensions where name = 'timescaledb') as available,
            e.extversion as version, n.nspname as schema, current_setting('timescaledb.license', true) as licence
       from (select) one
       left join pg_extension e on e.extname = 'timescaledb'
       left join pg_namespace n on n.oid = e.extnamespace`,
  );
  return timescaleState(row);
}

export function timescaleState({ available, version, schema, licence }: ExtensionRow): TimescaleState {
  if (version === null || schema === null) {
    if (available === null) {
      return {
        kind: 'absent',
        reason: 'the server does not have TimescaleDB',
        hint: 'Install TimescaleDB on the server, or leave out --storage timescale and --compress-after.',
      };
    }
    return {
      kind: 'not created',
      reason: `TimescaleDB ${available} is on the server, and not in this database`,
      hint: 'Run "create extension timescaledb" in the database.',
    };
  }
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  if (major !== OLDEST[0] || minor < OLDEST[1]) {
    return {
      kind: 'refused',
      reason: `the database has TimescaleDB ${version}; ${OLDEST.join('.')} and later versions of ${OLDEST[0]} are supported`,
      hint:
        major > OLDEST[0]
          ? 'Update Tickloom to a version that supports it; until then leave out --storage timescale and --compress-after.'
          : 'Install a supported version on the server, then run "alter extension timescaledb update".',
    };
  }
  if (licence === null) {
    return {
      kind: 'refused',
      reason: `the database has TimescaleDB ${version}, and the server has not loaded it`,
      hint: 'Add timescaledb to shared_preload_libraries, then restart the server.',
    };
  }
  return { kind: 'usable', timescale: { version, schema, community: licence !== 'apache' } };
}

/** One sentence's worth, for people. */
export function describeTimescale(state: TimescaleState): string {
  if (state.kind !== 'usable') return state.reason;
  const { version, community } = state.timescale;
  return community
    ? `TimescaleDB ${version}`
    : `TimescaleDB ${version} under the Apache licence, which has no compression`;
}
