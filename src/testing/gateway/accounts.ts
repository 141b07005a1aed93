import type { IncomingHttpHeaders } from 'node:http';
import { businessError, plainError } from './api-error.js';

/** An account of the gateway, known by its key. */
export interface GatewayAccount {
  /** Default `STANDIN`. Part of the addresses of batch files. */
  readonly userId?: string;
  /** Datasets that it has a licence for; default all. Data of others is 403. */
  readonly datasets?: readonly string[];
  /** What costs money is 402. */
  readonly noFunds?: boolean;
  /** Everything is 403. */
  readonly locked?: boolean;
  /** For a dataset the time (ISO 8601 or ns) up to which data may be bought: `dataset_unavailable_range` behind it. */
  readonly until?: Readonly<Record<string, string>>;
}

/** The key that works when no accounts are given. */
export const STAND_IN_KEY = 'db-StandInGatewayKey000000000000';

const UNAUTHENTICATED = { 'WWW-Authenticate': 'Basic' };

/** The key of a request's Basic authentication. @throws ApiError 401 when there is none of that form */
export function keyOf({ authorization }: IncomingHttpHeaders): string {
  if (authorization === undefined) throw plainError(401, 'Not authenticated', UNAUTHENTICATED);
  const [, encoded] = /^Basic ([A-Za-z0-9+/=]+)$/.exec(authorization) ?? [];
  const [key, password] = Buffer.from(encoded ?? '', 'base64')
    .toString('latin1')
    .split(':');
  if (key !== undefined && password === '') return key;
  throw plainError(401, 'Invalid authentication credentials', UNAUTHENTICATED);
}

/** @throws ApiError 401 for an unknown key, 403 for a locked account */
export function accountOf(accounts: ReadonlyMap<string, GatewayAccount>, key: string): GatewayAccount {
  const account = accounts.get(key);
  if (account === undefined) throw plainError(401, 'Authentication failed.');
  if (account.locked === true) throw businessError(403, 'auth_account_locked', 'The account is locked.');
  return account;
}

/** @throws ApiError 403 when the account has no licence for the dataset */
export function checkLicence({ datasets }: GatewayAccount, dataset: string): void {
  if (datasets === undefined || datasets.includes(dataset)) return;
  throw businessError(403, 'license_not_found_unauthorized', `A license is required to access ${dataset}.`, {
    dataset,
  });
}

/** @throws ApiError 402 when the account cannot pay */
export function checkFunds({ noFunds }: GatewayAccount): void {
  if (noFunds !== true) return;
  throw businessError(402, 'account_insufficient_funds', 'The account has insufficient funds for this request.');
}
