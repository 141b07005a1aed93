import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { tickloomDependency } from '../../../src/composition/tickloom-dependency.js';

describe('the dependency of a new plugin on Tickloom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickloom-dependency-'));
  const modules = join(folder, 'host/node_modules');
  const root = join(modules, 'tickloom');
  const plugin = join(folder, 'plugins/mine');
  before(() => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'package.json'), '{ "version": "1.2.3" }');
  });
  after(() => rmSync(folder, { recursive: true }));
  const noted = (resolved?: string): string => {
    const packages = { 'node_modules/tickloom': { version: '1.2.3', resolved } };
    writeFileSync(join(modules, '.package-lock.json'), JSON.stringify({ packages }));
    return tickloomDependency(plugin, root);
  };

  it('is a path to a checkout', () => {
    expect(tickloomDependency(plugin, join(folder, 'checkout/'))).to.equal('file:../../checkout');
    expect(tickloomDependency(plugin, plugin)).to.equal('file:.');
  });

  it('is the version of what came from a registry, or of what npm has no note of', () => {
    expect(tickloomDependency(plugin, root)).to.equal('^1.2.3');
    expect(noted()).to.equal('^1.2.3');
    expect(noted('https://registry.example/tickloom-1.2.3.tgz')).to.equal('^1.2.3');
    writeFileSync(join(modules, '.package-lock.json'), 'no JSON');
    expect(tickloomDependency(plugin, `${root}/`)).to.equal('^1.2.3');
  });

  it('is the file or the repository that npm installed from', () => {
    expect(noted('file:../tickloom-1.2.3.tgz')).to.equal('file:../../tickloom-1.2.3.tgz');
    expect(noted('git+ssh://git@host.example/tickloom.git#0a1b2c')).to.equal(
      'git+ssh://git@host.example/tickloom.git#0a1b2c',
    );
  });
});
