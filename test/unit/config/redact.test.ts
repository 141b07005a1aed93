import { expect } from 'chai';
import { createRedactor, redact } from '../../../src/config/redact.js';

describe('redact', () => {
  const cases: [title: string, text: string, expected: string][] = [
    ['a password in a URL', 'cannot reach postgresql://u:SECRET@h/db now', 'cannot reach postgresql://u:***@h/db now'],
    ['a password without a user', 'postgres://:SECRET@h', 'postgres://:***@h'],
    ['a password with an at sign', 'postgres://u:SE@CRET@h/db', 'postgres://u:***@h/db'],
    ['a password with slash, quote and hash', `postgres://u:S/E"C'R#ET@h/db`, 'postgres://u:***@h/db'],
    [
      'a password in the query',
      'postgres://h/db?user=u&password=SECRET&x=1',
      'postgres://h/db?user=u&password=***&x=1',
    ],
    ['a libpq string', "host=h password='SEC RET' user=u", 'host=h password=*** user=u'],
    ['a printed object', '{ password: "SECRET", user: "u" }', '{ password: ***, user: "u" }'],
    ['a Databento key', `key db-${'a1B2'.repeat(7)}c refused`, 'key db-*** refused'],
  ];
  for (const [title, text, expected] of cases) {
    it(`masks ${title}`, () => expect(redact(text)).to.equal(expected));
  }

  it('leaves URLs without a password, times and ordinary sentences alone', () => {
    const text = 'postgresql://u@h:5432/db at 12:30:00 failed: password authentication failed for user "u" (a@b.c)';
    expect(redact(text)).to.equal(text);
  });
});

describe('createRedactor', () => {
  it('finds the password where a library has torn the URL apart', () => {
    const mask = createRedactor(['ingest', '--database=postgresql://u:Hunter2!@h/db']);
    expect(mask('getaddrinfo ENOTFOUND Hunter2!')).to.equal('getaddrinfo ENOTFOUND ***');
  });

  it('finds a password with spaces, and one that was percent-encoded', () => {
    const mask = createRedactor(['postgresql://u:two words@h/db', 'postgresql://u:a%2Fb%40c@h/db']);
    expect(mask('two words, a%2Fb%40c, a/b@c')).to.equal('***, ***, ***');
  });

  it('finds a password in the query of a URL', () => {
    expect(createRedactor(['postgresql://h/db?password=Hunter2'])('"Hunter2"')).to.equal('"***"');
  });

  it('masks the longer one of two passwords first', () => {
    const mask = createRedactor(['a://u:Secret1@h', 'a://u:Secret1234@h']);
    expect(mask('Secret1234 Secret1')).to.equal('*** ***');
  });

  it('leaves an ordinary word alone that is somebody’s password, except in its place in a URL', () => {
    const mask = createRedactor(['postgresql://postgres:postgres@h/postgres']);
    expect(mask('role "postgres" at postgresql://postgres:postgres@h')).to.equal(
      'role "postgres" at postgresql://postgres:***@h',
    );
  });

  it('masks a secret as a whole, unless it is too short to be one', () => {
    const mask = createRedactor([], ['not-even-a-key', 'short']);
    expect(mask('sent not-even-a-key, short')).to.equal('sent ***, short');
  });

  it('copes with a percent sign that encodes nothing', () => {
    expect(createRedactor(['a://u:100%Sure@h'])('100%Sure')).to.equal('***');
  });
});
