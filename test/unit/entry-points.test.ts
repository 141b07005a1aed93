import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import * as index from '../../src/index.js';
import * as plugin from '../../src/plugin.js';
import * as core from '../../src/plugin-core.js';

const require = createRequire(import.meta.url);

/** What a built module imports when it is imported, itself included; the package by its own name is that of plugins. */
function importedBy(module: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(module.href)) return seen;
  seen.add(module.href);
  for (const [, from = ''] of readFileSync(module, 'utf8').matchAll(/^(?:import|export)\s[^'";=]*?'([^']+)';$/gm)) {
    if (from.startsWith('.')) importedBy(new URL(from, module), seen);
  }
  return seen;
}

describe('entry points', () => {
  for (const [name, imported] of Object.entries({ index, plugin, 'plugin-core': core })) {
    it(`gives require the same "${name}" as import`, () => {
      const required = require(`../../src/${name}.js`) as object;
      for (const [key, value] of Object.entries(imported)) expect(required).to.have.property(key, value);
    });
  }

  it('have everything of tickloom/plugin/core in tickloom/plugin as well', () => {
    expect(Object.keys(core)).to.have.length.greaterThan(30);
    for (const [key, value] of Object.entries(core)) expect(plugin).to.have.property(key, value);
  });

  it('leave to the first call what only some commands need', () => {
    const imported = [...importedBy(new URL('../../src/index.js', import.meta.url))];
    expect(imported.length).to.be.within(100, 210);
    const later = ['historical-client', 'range-download', 'verification', 'record-export', 'generate-sample', 'doctor'];
    const commands = ['submit-jobs', 'ingest-request', 'ingest', 'deep-check', 'read-only-query', 'decode-text'];
    const parts = ['load-plugins', 'migrator', 'postgres-sink', 'split-jobs', 'node-transport', 'record-decorator'];
    for (const name of [...later, ...commands, ...parts]) {
      expect(imported.filter((href) => href.endsWith(`/${name}.js`))).to.deep.equal([]);
    }
  });
});
