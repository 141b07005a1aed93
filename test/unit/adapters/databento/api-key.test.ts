import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { ApiKey } from '../../../../src/adapters/databento/api-key.js';
import { findApiKey } from '../../../../src/adapters/databento/find-api-key.js';
import { rejected, thrown } from '../../../support/thrown.js';

const TEXT = 'db-0123456789abcdefghijklmnopqrs';
const BASIC = Buffer.from(`${TEXT}:`).toString('base64');

describe('an API key', () => {
  it('becomes the user of Basic authentication, without a password', () => {
    expect(ApiKey.parse(`  ${TEXT}\n`, 'a test').authorization()).to.equal(`Basic ${BASIC}`);
  });

  it('shows itself in nothing that is printed or turned into text', () => {
    const key = ApiKey.parse(TEXT, 'a test');
    const shown = [
      inspect(key, { showHidden: true, depth: Infinity }),
      inspect({ key: [key] }, { depth: Infinity, customInspect: false }),
      JSON.stringify({ key }),
      String(key),
      Object.keys(key).join(),
    ].join('\n');
    expect(shown).to.contain('db-***').and.not.contain(TEXT.slice(3));
    expect(shown).not.to.contain(BASIC);
  });

  it('takes itself out of a text, plain and as it travels', () => {
    const key = ApiKey.parse(TEXT, 'a test');
    expect(key.redact(`key ${TEXT} sent as ${BASIC}`)).to.equal('key db-*** sent as ***');
  });

  for (const [text, fault] of [
    ['', 'it is empty'],
    ['   ', 'it is empty'],
    ['YOUR_API_KEY', 'placeholder'],
    ['$YOUR_API_KEY', 'placeholder'],
    ['${YOUR_API_KEY}', 'placeholder'],
    [TEXT.slice(1), 'it has 31 characters, expected 32'],
    [`${TEXT}0`, 'it has 33 characters, expected 32'],
    [`xx${TEXT.slice(2)}`, 'it is not "db-"'],
    [`${TEXT.slice(0, 31)}:`, 'it is not "db-"'],
    [`${TEXT.slice(0, 31)}é`, 'it is not "db-"'],
    [`${TEXT.slice(0, 15)} ${TEXT.slice(16)}`, 'it is not "db-"'],
  ] as const) {
    it(`is refused as ${JSON.stringify(text.slice(0, 16))}: ${fault}`, () => {
      const error = thrown(() => ApiKey.parse(text, 'the variable X'));
      expect(error.code).to.equal('API_KEY_INVALID');
      expect(error.action).to.equal('fix');
      expect(error.message).to.contain('the variable X').and.contain(fault);
      if (text.length > 20) expect(inspect(error, { depth: Infinity })).not.to.contain(text.slice(4, 14));
    });
  }
});

describe('finding the API key', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'tickloom-key-'))));
  after(() => rm(folder, { recursive: true }));

  async function fileOf(content: string): Promise<string> {
    const path = join(folder, 'key');
    await writeFile(path, content);
    return path;
  }

  it('takes the first line of a file, whatever ends it', async () => {
    for (const content of [TEXT, `${TEXT}\n`, `\ufeff${TEXT}\r\nmy key\r\n`, ` ${TEXT} \n# comment`]) {
      const key = await findApiKey({ file: await fileOf(content) });
      expect(key.authorization()).to.equal(`Basic ${BASIC}`);
    }
  });

  it('prefers the file to the variable', async () => {
    const key = await findApiKey({ file: await fileOf(TEXT), variable: 'YOUR_API_KEY' });
    expect(key.authorization()).to.equal(`Basic ${BASIC}`);
  });

  it('takes the variable where no file is named', async () => {
    expect((await findApiKey({ variable: TEXT })).authorization()).to.equal(`Basic ${BASIC}`);
  });

  it('says that there is none, and where it can be', async () => {
    const error = await rejected(findApiKey({}));
    expect(error.code).to.equal('API_KEY_INVALID');
    expect(error.hint).to.contain('DATABENTO_API_KEY').and.contain('--api-key-file');
  });

  it('names the file or the variable that is wrong', async () => {
    const path = await fileOf('\n');
    expect((await rejected(findApiKey({ file: path }))).message).to.contain(
      `the first line of "${path}", because it is empty`,
    );
    expect((await rejected(findApiKey({ variable: '' }))).message).to.contain('DATABENTO_API_KEY, because it is empty');
  });

  it('says why a file cannot be read', async () => {
    const missing = await rejected(findApiKey({ file: join(folder, 'none') }));
    expect(missing.code).to.equal('API_KEY_INVALID');
    expect(missing.message).to.contain('it does not exist');
    expect((await rejected(findApiKey({ file: folder }))).message).to.contain('it is a folder');
  });
});
