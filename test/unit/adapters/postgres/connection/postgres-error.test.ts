import { expect } from 'chai';
import { isConnectionGone, mapPostgresError } from '../../../../../src/adapters/postgres/connection/postgres-error.js';
import { TickloomError } from '../../../../../src/core/errors/index.js';

const server = (code: string, message = 'what the server says', more = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

describe('mapPostgresError', () => {
  const doing = 'loading "x.dbn"';
  const table: readonly (readonly [string, Error, string])[] = [
    ['a refused password', server('28P01'), 'DATABASE_AUTH'],
    ['a refused host', server('28000'), 'DATABASE_AUTH'],
    ['an unknown database', server('3D000'), 'DATABASE_NOT_FOUND'],
    ['a missing permission', server('42501'), 'DATABASE_PERMISSION'],
    ['a read-only server', server('25006'), 'DATABASE_PERMISSION'],
    ['a full disk', server('53100'), 'DATABASE_FULL'],
    ['too many connections', server('53300'), 'DATABASE_UNREACHABLE'],
    ['a terminated backend', server('57P01'), 'DATABASE_LOST'],
    ['a crash of the server', server('57P02'), 'DATABASE_LOST'],
    ['a starting server', server('57P03'), 'DATABASE_UNREACHABLE'],
    ['a deadlock', server('40P01'), 'DATABASE_CONFLICT'],
    ['a serialization failure', server('40001'), 'DATABASE_CONFLICT'],
    ['a lock timeout', server('55P03'), 'DATABASE_CONFLICT'],
    ['a statement timeout', server('57014'), 'DATABASE_CONFLICT'],
    ['a missing table', server('42P01'), 'MIGRATION_PENDING'],
    ['a missing column', server('42703'), 'SCHEMA_DRIFT'],
    ['a reset connection', server('ECONNRESET'), 'DATABASE_LOST'],
    ['a broken pipe', server('EPIPE'), 'DATABASE_LOST'],
    ['a connection that ended', new Error('Connection terminated unexpectedly'), 'DATABASE_LOST'],
    [
      'an extension whose library is gone',
      server('58P01', 'could not access file "$libdir/timescaledb-2.17.2": No such file or directory'),
      'DATABASE_UNSUPPORTED',
    ],
    [
      'what the licence of an extension forbids',
      server('0A000', 'functionality not supported under the current "apache" license. Learn more at …'),
      'STORAGE_UNAVAILABLE',
    ],
    ['any other file that is gone', server('58P01', 'could not open file "base/5/16384"'), 'INTERNAL'],
    ['anything else', server('XX000'), 'INTERNAL'],
  ];
  for (const [what, error, code] of table) {
    it(`calls ${what} ${code}`, () => {
      const mapped = mapPostgresError(error, { doing });
      expect(mapped.code).to.equal(code);
      expect(mapped.cause).to.equal(error);
      expect(mapped.message).to.include(doing).and.include(error.message);
      expect(mapped.hint).to.be.a('string');
    });
  }

  it('says in plain words that a password is missing', () => {
    const error = new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string');
    const { code, message } = mapPostgresError(error, { doing: 'connecting', connecting: true });
    expect(code).to.equal('DATABASE_AUTH');
    expect(message).to.match(/: it asks for a password, and none is given$/);
  });

  it('calls it unreachable while no connection is there', () => {
    for (const error of [server('ECONNREFUSED'), server('57P01'), server('EACCES'), new Error('timeout expired')]) {
      expect(mapPostgresError(error, { doing, connecting: true }).code).to.equal('DATABASE_UNREACHABLE');
    }
    const tls = server('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate');
    expect(mapPostgresError(tls, { doing, connecting: true }).code).to.equal('DATABASE_UNSUPPORTED');
  });

  it('blames the rows for what the server objects to while they are loaded', () => {
    const error = server('23514', 'violates check', {
      table: 'trades',
      column: 'price',
      constraint: 'c',
      detail: 'row 7',
    });
    const mapped = mapPostgresError(error, { doing, loading: true });
    expect(mapped.code).to.equal('LOAD_REJECTED');
    expect(mapPostgresError(server('08P01'), { doing, loading: true }).code).to.equal('LOAD_REJECTED');
    expect(mapped.message).to.match(/violates check; row 7$/);
    expect(mapped.context).to.deep.equal({ sqlstate: '23514', table: 'trades', column: 'price', constraint: 'c' });
  });

  it('lets our own pass, and words what is no error at all', () => {
    const ours = new TickloomError('LOCKED', 'ours');
    expect(mapPostgresError(ours, { doing })).to.equal(ours);
    expect(mapPostgresError('odd', { doing }).message).to.match(/odd$/);
    expect(mapPostgresError(server('ENOENT', ''), { doing }).message).to.match(/ENOENT$/);
  });

  it('knows when a connection is of no use any more', () => {
    expect(isConnectionGone(server('57P01'))).to.equal(true);
    expect(isConnectionGone(server('23505'))).to.equal(false);
  });
});
