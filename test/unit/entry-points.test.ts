import { createRequire } from 'node:module';
import { expect } from 'chai';
import * as index from '../../src/index.js';
import * as plugin from '../../src/plugin.js';

const require = createRequire(import.meta.url);

describe('entry points', () => {
  for (const [name, imported] of Object.entries({ index, plugin })) {
    it(`gives require the same "${name}" as import`, () => {
      const required = require(`../../src/${name}.js`) as object;
      for (const [key, value] of Object.entries(imported)) expect(required).to.have.property(key, value);
    });
  }
});
