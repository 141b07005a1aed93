import { expect } from 'chai';
import {
  connectionUrl,
  type ConnectionSettings,
  displayUrl,
  type Environment,
  resolveConnectionSettings,
} from '../../../../../src/adapters/postgres/connection/connection-settings.js';
import type { TickloomError } from '../../../../../src/core/errors/index.js';

const SECRET = 'p@ss/w#rd?';
const ENCODED = encodeURIComponent(SECRET);

function resolve(url: string | undefined, env: Environment = {}): ConnectionSettings {
  const settings = resolveConnectionSettings(url, env);
  if (settings === undefined) throw new Error('expected settings');
  return settings;
}

function refusal(url: string, env: Environment = {}): TickloomError {
  try {
    resolveConnectionSettings(url, env);
  } catch (error) {
    return error as TickloomError;
  }
  throw new Error('expected an error');
}

describe('resolveConnectionSettings', () => {
  it('reads a URL', () => {
    const settings = resolve(`postgresql://me:${ENCODED}@db.example:6543/ticks?sslmode=verify-full&application_name=x`);
    expect(settings).to.include({ host: 'db.example', port: 6543, database: 'ticks', user: 'me' });
    expect(settings).to.include({ sslMode: 'verify-full', applicationName: 'x', connectTimeoutMs: 10_000 });
    expect(settings.password()).to.equal(SECRET);
  });

  it('takes a password with an "@" in it whole', () => {
    const settings = resolve('postgresql://me:half@secret@db.example/ticks');
    expect(settings).to.include({ host: 'db.example', user: 'me' });
    expect(settings.password()).to.equal('half@secret');
    expect(resolve('postgresql://db.example/ticks?user=me@server').user).to.equal('me@server');
  });

  it('shows no password, unless asked for it', () => {
    const settings = resolve(`postgres://me:${ENCODED}@db.example/ticks`);
    expect(JSON.stringify(settings)).not.to.include('ss/w');
    expect(displayUrl(settings)).to.equal('postgresql://me@db.example:5432/ticks');
    expect(connectionUrl(settings)).to.equal(`postgresql://me:${ENCODED}@db.example:5432/ticks`);
    expect(resolve(connectionUrl(settings)).password()).to.equal(SECRET);
  });

  it('prefers the URL, then TICKLOOM_DATABASE_URL, then DATABASE_URL, then the libpq variables', () => {
    const env = { TICKLOOM_DATABASE_URL: 'postgresql://t/b', DATABASE_URL: 'postgresql://d/b', PGHOST: 'p', USER: 'u' };
    expect(resolve('postgresql://u/b', env).host).to.equal('u');
    expect(resolve(undefined, env).host).to.equal('t');
    expect(resolve(undefined, { ...env, TICKLOOM_DATABASE_URL: '' }).host).to.equal('d');
    expect(resolve(undefined, { PGHOST: 'p', USER: 'u' })).to.include({ host: 'p', user: 'u', database: 'u' });
  });

  it('knows that nothing is meant', () => {
    expect(resolveConnectionSettings(undefined, {})).to.equal(undefined);
    expect(resolveConnectionSettings('', { PGPASSWORD: 'x', PGSSLMODE: 'require', PGHOST: '' })).to.equal(undefined);
  });

  it('takes from the libpq variables what a URL leaves open', () => {
    const env = {
      PGUSER: 'me',
      PGPASSWORD: 'secret',
      PGDATABASE: 'ticks',
      PGPORT: '6000',
      PGSSLMODE: 'require',
      PGSSLROOTCERT: '/root.pem',
      PGSSLCERT: '/me.pem',
      PGSSLKEY: '/me.key',
      PGAPPNAME: 'app',
      PGCONNECT_TIMEOUT: '3',
      PGOPTIONS: '-c x=y',
      PGHOST: 'elsewhere',
    };
    const settings = resolve('postgresql://db.example', env);
    expect(settings).to.include({ host: 'db.example', port: 6000, database: 'ticks', user: 'me', sslMode: 'require' });
    expect(settings).to.include({
      sslRootCert: '/root.pem',
      sslCert: '/me.pem',
      sslKey: '/me.key',
      applicationName: 'app',
    });
    expect(settings).to.include({ connectTimeoutMs: 3000, options: '-c x=y' });
    expect(settings.password()).to.equal('secret');
  });

  it('reads sockets, addresses and names in every place they may stand', () => {
    expect(resolve('postgresql:///ticks?host=/run/pg&port=5433&user=me&password=x')).to.include({
      host: '/run/pg',
      port: 5433,
    });
    expect(resolve('postgresql://me@/ticks?host=/run/pg').host).to.equal('/run/pg');
    expect(resolve('postgresql://me@%2Frun%2Fpg/ticks').host).to.equal('/run/pg');
    expect(resolve('postgresql://me@[::1]:5433/ticks')).to.include({ host: '::1', port: 5433 });
    expect(displayUrl(resolve('postgresql://me@[::1]/ticks'))).to.equal('postgresql://me@[::1]:5432/ticks');
    expect(resolve('postgresql://me@h?dbname=x%20y').database).to.equal('x y');
    expect(resolve(undefined, { PGHOSTADDR: '10.0.0.1', USER: 'u' }).host).to.equal('10.0.0.1');
    const socket = resolve('postgresql://me@/ticks?host=/run/pg&sslmode=disable');
    expect(displayUrl(socket)).to.equal('postgresql://me@/ticks?host=%2Frun%2Fpg&port=5432&sslmode=disable');
    expect(resolve(connectionUrl(socket))).to.include({ host: '/run/pg', sslMode: 'disable', database: 'ticks' });
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['another scheme', `mysql://me:${SECRET}@h/d`, /has the scheme "mysql"/],
    ['no scheme', `me:${SECRET}@h/d`, /has no scheme/],
    ['a password that is not encoded', `postgresql://me:${SECRET}@h/d`, /cannot be read/],
    ['a password with a slash', 'postgresql://me:half/secret@h/d', /cannot be read/],
    ['a password with "@" and a slash', 'postgresql://me:half@secret/x@h/d', /cannot be read/],
    ['a password with a question mark', 'postgresql://me:half?secret@h/d', /cannot be read/],
    ['a password of digits and a question mark', 'postgresql://me:12?secret@h/d', /cannot be read/],
    ['a broken percent sign', 'postgresql://me:secret%zz@h/d', /a "%" that no two hexadecimal digits follow/],
    ['a port that is none', 'postgresql://me:secret@h:99999/d', /has port "99999"/],
    ['a port in letters', 'postgresql://me:secret@h:abc/d', /has port "abc"/],
    ['several hosts', 'postgresql://me:secret@h,i/d', /several hosts/],
    ['an unknown parameter', 'postgresql://me:secret@h/d?sslmod=require', /the parameter "sslmod"/],
    ['an unknown sslmode', 'postgresql://me:secret@h/d?sslmode=maybe', /sslmode "maybe"; known: disable/],
  ];
  for (const [what, url, message] of refused) {
    it(`refuses ${what} without repeating the password`, () => {
      const error = refusal(url);
      expect(error.code).to.equal('DATABASE_URL_INVALID');
      expect(error.message).to.match(/^the database URL /);
      expect(error.message).to.match(message);
      const everything = JSON.stringify([error.message, error.hint, error.context, error.stack, String(error.cause)]);
      expect(everything).not.to.match(/secret|p@ss|w#rd/);
    });
  }

  it('says which variable it was', () => {
    expect(refusal('', { DATABASE_URL: 'x' }).message).to.match(/^DATABASE_URL has no scheme/);
  });

  it('does not wait for ever', () => {
    expect(resolve('postgresql://me@h/d?connect_timeout=0').connectTimeoutMs).to.equal(10_000);
  });
});
