import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { pluginGround } from '../support/plugin-ground.js';
import { createDatabase } from '../support/postgres-server.js';
import { PACKAGE_ROOT, type CliSandbox } from '../support/run-cli.js';

const TSC = join(PACKAGE_ROOT, 'node_modules/typescript/bin/tsc');
const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a page in one of these languages. */
async function blocksOf(page: string, ...languages: readonly string[]): Promise<string[]> {
  const text = await readFile(join(PACKAGE_ROOT, page), 'utf8');
  return [...text.matchAll(FENCE)].flatMap(([, language = '', block = '']) =>
    languages.includes(language) ? [block] : [],
  );
}

describe('the guides', function () {
  this.timeout(180_000);
  let ground: CliSandbox;

  before(async () => {
    ground = await pluginGround();
  });
  after(() => ground.remove());

  it('have only programs that compile, each by itself', async () => {
    const folder = join(ground.cwd, 'snippets');
    await mkdir(folder);
    const pages = (await readdir(join(PACKAGE_ROOT, 'docs'))).filter((name) => name.endsWith('.md'));
    let snippets = 0;
    for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
      for (const [index, block] of (await blocksOf(page, 'ts', 'js')).entries()) {
        await writeFile(join(folder, `${page.replaceAll('/', '-')}-${index}.ts`), `${block}\nexport {};\n`);
        snippets++;
      }
    }
    expect(snippets).to.be.greaterThan(12);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const compilerOptions = {
      ...{ target: 'ES2022', module: 'NodeNext', strict: true, noEmit: true, types: ['node'] },
      ...{ experimentalDecorators: true, skipLibCheck: true },
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const { code, stdout } = await ground.exec(process.execPath, [TSC, '-p', folder]);
    expect(stdout).to.equal('');
    expect(code).to.equal(0);
  });

  it('have only commands that run, in the order of the page, and end as it says', async () => {
    const lines = (await blocksOf('docs/writing-a-plugin.md', 'sh')).join('').trim().split('\n');
    // what npm install brings is there already
    const script = lines
      .map(
        (line) =>
          `${line.replace(/^npm install$/, ':')}\nended $? ${/# ends with (\d)/.exec(line)?.[1] ?? 0} ${JSON.stringify(line)}`,
      )
      .join('\n');
    const ended = 'ended() { [ "$1" = "$2" ] || { echo "$3 ended with $1" >&2; exit 1; }; }';
    const { code, stdout, stderr } = await ground.shell(`${ended}\n${script}`, {
      env: { DATABASE_URL: (await createDatabase()).url },
    });
    expect(code, stderr).to.equal(0);
    expect(stdout)
      .to.match(/^. fail 0$/m)
      .and.to.contain('ALPHA');
    expect(await readFile(join(ground.cwd, 'spread-quotes/quotes.jsonl'), 'utf8')).to.have.length.greaterThan(0);
  });
});
