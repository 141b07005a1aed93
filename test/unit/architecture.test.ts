import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^'";]*?from\s+'([^']+)'|import\('([^']+)'\)/g;
/** The package by its own name, as plugins write it. */
const SELF: Readonly<Record<string, string>> = {
  'tickloom/plugin': 'src/plugin.ts',
  'tickloom/plugin/core': 'src/plugin-core.ts',
  tickloom: 'src/index.ts',
};

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.includes('/test/'));
}

function importsOf(file: string): string[] {
  const whole = readFileSync(join(ROOT, file), 'utf8');
  // the files of a scaffold stand in texts, whose imports are those of another package
  const text = file.includes('/scaffold/') ? whole.slice(0, whole.indexOf('`')) : whole;
  return [...text.matchAll(IMPORT)].flatMap(([, named, dynamic]) => {
    const from = named ?? dynamic ?? '';
    if (from in SELF) return [SELF[from] as string];
    if (!from.startsWith('.')) return [];
    const found = relative(ROOT, resolve(ROOT, dirname(file), from)).replace(/\.js$/, '.ts');
    // A module may ask for its own namespace.
    return found === file ? [] : [found];
  });
}

const graph = new Map([...sources('src'), ...sources('plugins')].map((file) => [file, importsOf(file)]));

describe('the architecture', () => {
  it('has no circle of imports', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file);
      if (at !== -1) circles.push([...path.slice(at), file].join(' -> '));
      if (at !== -1 || done.has(file)) return;
      for (const next of graph.get(file) ?? []) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) walk(file, []);
    expect(circles).to.deep.equal([]);
  });

  it('has no file of over 400 lines', () => {
    const long = [...graph.keys()].filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 400);
    expect(long).to.deep.equal([]);
  });

  it('imports only files that are there', () => {
    const missing = [...graph].flatMap(([file, imports]) =>
      imports.filter((name) => name.endsWith('.ts') && !graph.has(name)).map((name) => `${file} -> ${name}`),
    );
    expect(missing).to.deep.equal([]);
  });
});
