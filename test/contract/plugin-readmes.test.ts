import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { builtinPlugins } from '../../plugins/index.js';
import { pluginReadme } from '../support/plugin-readme.js';

const UPDATE = process.env.TICKLOOM_UPDATE_READMES === '1';

describe('the reference page of plugin', () => {
  for (const plugin of builtinPlugins) {
    it(`"${plugin.name}" says what the declaration says (TICKLOOM_UPDATE_READMES=1 writes it anew)`, () => {
      const path = fileURLToPath(new URL(`../../../plugins/${plugin.name}/README.md`, import.meta.url));
      const page = pluginReadme(plugin);
      if (UPDATE) writeFileSync(path, page);
      expect(readFileSync(path, 'utf8')).to.equal(page);
    });
  }
});
