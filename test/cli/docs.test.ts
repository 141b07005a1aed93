import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { CliSandbox, PACKAGE_ROOT } from '../support/run-cli.js';

interface Manifest {
  readonly commands: Readonly<
    Record<
      string,
      {
        readonly args: Readonly<Record<string, { readonly multiple?: boolean }>>;
        readonly flags: Readonly<Record<string, Flag>>;
      }
    >
  >;
}

interface Flag {
  readonly type: 'boolean' | 'option';
  readonly char?: string;
  readonly allowNo?: boolean;
  readonly aliases?: readonly string[];
  readonly options?: readonly string[];
}

/** Commands that come from oclif's plugins. */
const OF_OCLIF = ['help', 'autocomplete', 'plugins', 'version'];

/** The words of a shell command, up to a pipe, a redirection, a comment or the next command. */
function shellWords(line: string): string[] {
  const words: string[] = [];
  for (const [token] of line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)) {
    if (/^([|<>#;]|&&|2>)/.test(token)) break;
    words.push(token.replace(/;$/, ''));
    if (token.endsWith(';')) break;
  }
  return words;
}

/** Commands in the fenced blocks of a page, and those in its text that name a command and perhaps more. */
function commandsIn(page: string): string[] {
  const blocks = [...page.matchAll(/^```(?:sh|console)?\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const joined = blocks.join('\n').replaceAll(/\\\n\s*/g, ' ');
  // a text in quotes may go over several lines
  const typed = [...joined.matchAll(/^(?:\$ )?(?:npx )?tickloom ((?:"[^"]*"|[^\n"])*)/gm)];
  const outside = page.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const named = [...outside.matchAll(/`(?:npx )?tickloom ([^`]+)`/g)];
  return [...typed, ...named].map(([, words = '']) => words.trim()).filter((words) => /^[a-z]/.test(words));
}

describe('the pages', () => {
  let pages: Map<string, string>;
  let commands: Manifest['commands'];

  before(async () => {
    const folders = ['', 'docs', 'docs/decisions'];
    const plugins = await readdir(join(PACKAGE_ROOT, 'plugins'), { withFileTypes: true });
    folders.push(...plugins.filter((entry) => entry.isDirectory()).map(({ name }) => `plugins/${name}`));
    pages = new Map();
    for (const folder of folders) {
      for (const name of await readdir(join(PACKAGE_ROOT, folder))) {
        if (!name.endsWith('.md')) continue;
        const path = join(PACKAGE_ROOT, folder, name);
        pages.set(path, await readFile(path, 'utf8'));
      }
    }
    const manifest = await readFile(join(PACKAGE_ROOT, 'oclif.manifest.json'), 'utf8');
    ({ commands } = JSON.parse(manifest) as Manifest);
  });

  /** What is wrong with a command line; `undefined` when nothing is. */
  const mistakeIn = (line: string): string | undefined => {
    const words = shellWords(line);
    if (OF_OCLIF.includes(words[0] ?? '')) return undefined;
    const id = [words.slice(0, 2).join(':'), words[0] ?? ''].find((name) => name in commands);
    if (id === undefined) return 'there is no such command';
    const { args, flags } = commands[id] as Manifest['commands'][string];
    const rest = words.slice(id.split(':').length);
    let free = 0;
    for (let at = 0; at < rest.length; at++) {
      const word = rest[at] ?? '';
      if (word === '…' || word === '...') continue;
      if (!/^-./.test(word)) {
        free++;
        continue;
      }
      const [name = '', value] = word.replace(/^--?/, '').split('=');
      const found = Object.entries(flags).find(
        ([long, flag]) =>
          long === name ||
          flag.char === name ||
          flag.aliases?.includes(name) === true ||
          (flag.allowNo === true && `no-${long}` === name),
      )?.[1];
      if (found === undefined) return `"${word}" is no flag of it`;
      if (found.type === 'boolean') continue;
      const given = value ?? rest[++at];
      // a flag may be named without its value in running text, at the end
      if (
        given !== undefined &&
        found.options !== undefined &&
        /^[a-z_]+$/.test(given) &&
        !found.options.includes(given)
      )
        return `"${given}" is not on offer for "${word}"`;
    }
    const most = Object.values(args).some(({ multiple }) => multiple === true) ? Infinity : Object.keys(args).length;
    return free > most ? `it takes no ${free} arguments` : undefined;
  };

  it('name only commands and flags that are there', () => {
    let lines = 0;
    for (const [path, page] of pages) {
      for (const line of commandsIn(page)) {
        expect(mistakeIn(line), `${relative(PACKAGE_ROOT, path)}: tickloom ${line}`).to.equal(undefined);
        lines++;
      }
    }
    expect(lines).to.be.greaterThan(50);
  });

  it('name only scripts that package.json has', async () => {
    const { scripts } = JSON.parse(await readFile(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    let named = 0;
    for (const [path, page] of pages) {
      for (const [line, script = ''] of page.matchAll(/\bnpm run ([a-z:]+)/g)) {
        // those of the package that "tickloom new" writes
        if (path.endsWith('writing-a-plugin.md') && ['sample', 'build'].includes(script)) continue;
        expect(scripts, `${relative(PACKAGE_ROOT, path)}: ${line}`).to.have.property(script);
        named++;
      }
    }
    expect(named).to.be.greaterThan(10);
  });

  it('would not pass with a command that is not there', () => {
    for (const line of [
      'ingset x',
      'runs lst',
      'ingest x --quit',
      'ingest --index hash',
      'coverage x',
      'query "a" b',
    ]) {
      expect(mistakeIn(line), line).not.to.equal(undefined);
    }
    expect(commandsIn('```sh\n$ tickloom query "a\n b" --x\n```\n`tickloom nosuch`')).to.deep.equal([
      'query "a\n b" --x',
      'nosuch',
    ]);
  });

  it('have no link to a file or a heading that is not there', () => {
    for (const [path, page] of pages) {
      const text = page.replaceAll(/^```[\s\S]*?^```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue;
        const [file = '', heading] = target.split('#');
        const meant = file === '' ? path : join(dirname(path), file);
        const shown = `${relative(PACKAGE_ROOT, path)}: ${target}`;
        expect(existsSync(meant), shown).to.equal(true);
        if (heading !== undefined) expect(headingsOf(pages.get(meant) ?? ''), shown).to.include(heading);
      }
    }
  });

  it('name no file or folder of the map that is not there', async () => {
    const map = await readFile(join(PACKAGE_ROOT, 'docs/architecture.md'), 'utf8');
    const paths = [...map.matchAll(/`((?:src|plugins|migrations|examples|docs|scripts)\/[^`<>{}*…]*)`/g)].map(
      ([, path = '']) => path,
    );
    expect(paths.length).to.be.greaterThan(30);
    for (const path of paths) expect(existsSync(join(PACKAGE_ROOT, path)), path).to.equal(true);
  });

  it('have a map with every folder of the core, the adapters and the layers', async () => {
    const map = await readFile(join(PACKAGE_ROOT, 'docs/architecture.md'), 'utf8');
    for (const parent of ['src', 'src/core', 'src/adapters', 'src/composition']) {
      const entries = await readdir(join(PACKAGE_ROOT, parent), { withFileTypes: true });
      for (const entry of entries.filter((each) => each.isDirectory())) {
        expect(map, `${parent}/${entry.name}`).to.match(new RegExp(`\\b${entry.name}[/\`]`));
      }
    }
  });

  it('list every decision', async () => {
    const folder = join(PACKAGE_ROOT, 'docs/decisions');
    const index = await readFile(join(folder, 'README.md'), 'utf8');
    for (const name of await readdir(folder)) if (name !== 'README.md') expect(index).to.contain(`](${name})`);
  });

  it('have a reference that is current', async () => {
    const sandbox = await CliSandbox.create({ covered: false });
    const script = join(PACKAGE_ROOT, 'scripts/write-reference.mjs');
    const { code, stdout, stderr } = await sandbox.exec(process.execPath, [script, '--stdout']);
    await sandbox.remove();
    expect(code, stderr).to.equal(0);
    const committed = await readFile(join(PACKAGE_ROOT, 'docs/reference.md'), 'utf8');
    expect(stdout).to.equal(committed, 'run "npm run reference" and commit what it writes');
  });

  it('name every command in the README', async () => {
    const readme = await readFile(join(PACKAGE_ROOT, 'README.md'), 'utf8');
    const table = readme.slice(readme.indexOf('## Commands'), readme.indexOf('## Tables'));
    for (const id of Object.keys(commands)) {
      for (const word of id.split(':')) expect(table, id).to.match(new RegExp(`\`[^\`]*\\b${word}\\b`));
    }
  });
});

/** Anchors as GitHub makes them. */
function headingsOf(page: string): string[] {
  const lines = page.replaceAll(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return [...lines].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
