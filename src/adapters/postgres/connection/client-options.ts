import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { PoolConfig } from 'pg';
import { TickloomError } from '../../../core/errors/index.js';
import type { ConnectionSettings } from './connection-settings.js';
import { passwordFromFile } from './password-file.js';

/**
 * What `pg` needs. Everything it would otherwise look up in `process.env` is given, so that a host's environment does
 * not steer a connection that the host described in full.
 *
 * @throws PATH_UNREADABLE for a certificate that cannot be read.
 */
export async function clientOptions(settings: ConnectionSettings, encrypt: boolean): Promise<PoolConfig> {
  return {
    host: settings.host,
    port: settings.port,
    database: settings.database,
    user: settings.user,
    // A function keeps pg from reading PGPASSWORD and the password file on its own; without a string it throws into the void.
    password: () => passwordOf(settings),
    ssl: encrypt ? await tlsOptions(settings) : false,
    client_encoding: 'utf8',
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: true,
    ...(settings.options === undefined ? {} : { options: settings.options }),
  };
}

/** Asked for only by a server that wants one. */
async function passwordOf(settings: ConnectionSettings): Promise<string> {
  const { passwordFile } = settings;
  const given = settings.password();
  if (given !== undefined) return given;
  return (passwordFile === undefined ? undefined : await passwordFromFile(passwordFile, settings)) ?? '';
}

/** True when the first attempt is encrypted; `prefer` goes on without when the server cannot. */
export function wantsTls({ host, sslMode }: ConnectionSettings): boolean {
  return !host.startsWith('/') && sslMode !== 'disable' && sslMode !== 'allow';
}

async function tlsOptions(settings: ConnectionSettings): Promise<ConnectionOptions> {
  const { sslMode, sslRootCert, sslCert, sslKey } = settings;
  const verifies = sslMode === 'verify-full' || sslMode === 'verify-ca' || (sslMode === 'require' && sslRootCert);
  return {
    rejectUnauthorized: Boolean(verifies),
    ...(sslMode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
    ...(sslRootCert === undefined ? {} : { ca: await readPem(sslRootCert) }),
    ...(sslCert === undefined ? {} : { cert: await readPem(sslCert) }),
    ...(sslKey === undefined ? {} : { key: await readPem(sslKey) }),
  };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new TickloomError('PATH_UNREADABLE', `cannot read the certificate "${path}" of the database connection`, {
      hint: 'Check sslrootcert, sslcert and sslkey of the database URL.',
      context: { path },
      cause: error,
    });
  }
}
