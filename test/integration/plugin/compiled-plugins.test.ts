import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import * as fieldDecorators from '../../../src/core/model/field-decorators.js';
import { schemaDetails } from '../../../src/composition/schema-details.js';
import { PluginRegistry } from '../../../src/core/registry/plugin-registry.js';
import { createTickloom } from '../../../src/index.js';
import type { SchemaPlugin } from '../../../src/plugin.js';
import { describeSchemaPlugin } from '../../../src/testing/index.js';
import { DECORATED_NOTE } from '../../support/decorated-note.js';
import {
  endCompilers,
  LEAVING_COMPILER,
  LEGACY_COMPILERS,
  STANDARD_COMPILERS,
} from '../../support/plugin-compilers.js';
import { PACKAGE_ROOT } from '../../support/run-cli.js';
import { suiteFailures } from '../../support/suite-failures.js';
import { rejected } from '../../support/thrown.js';

const JAVASCRIPT = `
import { defineRecord, defineSchemaPlugin, IsIn, IsNotBelow, IsVenuePrice, Max, Transform } from 'tickloom/plugin';

const model = defineRecord({
  name: 'Note',
  indexTimestamp: 'ts_event',
  fields: {
    count: { type: 'uint8', checks: [Max(200)] },
    kind: { type: 'char', checks: [IsIn(['A', 'B', 'N', null, ...'CDEFGHIJKLMOPQRSTUVWXYZ'])] },
    low: { type: 'price', description: 'Lowest price.', checks: [IsVenuePrice()] },
    high: { type: 'price', checks: [IsNotBelow('low')] },
    total: { type: 'uint64', checks: [Transform(({ value }) => value)] },
    ts_sent: { type: 'nanos' },
    place: { type: 'text', size: 6 },
  },
});

export default defineSchemaPlugin({
  name: 'notes',
  version: '1.0.0',
  apiVersion: 1,
  schemas: [{ name: 'notes', rtype: 0xe0, table: 'notes' }],
  model,
});
`;

const BY_HAND = { name: 'nobody, written by hand in JavaScript', compile: async () => JAVASCRIPT };

describe('one plugin, compiled', () => {
  let folder: string;
  let files = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tickloom-compiled-'));
    await mkdir(join(folder, 'node_modules'));
    await symlink(PACKAGE_ROOT, join(folder, 'node_modules/tickloom'));
  });
  after(async () => {
    await endCompilers();
    await rm(folder, { recursive: true });
  });

  async function write(text: string): Promise<string> {
    const path = join(folder, `plugin-${files++}.mjs`);
    await writeFile(path, text);
    return path;
  }

  const load = async (text: string): Promise<SchemaPlugin> =>
    ((await import(pathToFileURL(await write(text)).href)) as { default: SchemaPlugin }).default;

  /** All that Tickloom knows of it: fields, what is checked, columns. */
  function declarationOf(plugin: SchemaPlugin): object {
    const registry = new PluginRegistry();
    registry.register(plugin, 'the test');
    return schemaDetails(registry.get('notes'));
  }

  for (const compiler of [...LEGACY_COMPILERS, BY_HAND]) {
    it(`by ${compiler.name} passes the contract suite, and is the same`, async () => {
      const plugin = await load(await compiler.compile(DECORATED_NOTE));
      const { tests, failures } = await suiteFailures((runner) => describeSchemaPlugin(plugin, runner));
      expect(failures).to.deep.equal({});
      expect(tests).to.be.above(20);
      expect(declarationOf(plugin)).to.deep.equal(declarationOf(await load(JAVASCRIPT)));
    });
  }

  for (const compiler of STANDARD_COMPILERS) {
    it(`by ${compiler.name} says of each decorator of ours which option to set`, async () => {
      const applied = [
        ...Object.keys(fieldDecorators).map((name) => [name, `class A { @${name}(${name === 'Text' ? 8 : ''}) x; }`]),
        ['IsNotBelow', 'class A { @IsNotBelow("low") x; }'],
        ['IsVenuePrice', 'class A { @IsVenuePrice() x; }'],
        ['Record', '@Record({ indexTimestamp: "ts_event" }) class A {}'],
      ] as const;
      expect(applied).to.have.length(15);
      for (const [name, text] of applied) {
        const compiled = await compiler.compile(
          `import { ${name} } from 'tickloom/plugin';\n${text}\nexport default A;`,
        );
        const error = await rejected(load(compiled));
        expect(error, name).to.include({ code: 'MODEL_INVALID' });
        expect(error)
          .to.have.property('message')
          .that.matches(new RegExp(`^@${name}\\(\\) on "(x|A)" was called as a standard`));
        expect(error).to.have.property('hint').that.contains('"experimentalDecorators": true');
      }
    });
  }

  it('says which option to set also where a check of class-validator is called first', async () => {
    const text = "import { IsInt, Uint8 } from 'tickloom/plugin';\nclass A { @Uint8() @IsInt() x; }\nexport default A;";
    for (const compiler of STANDARD_COMPILERS) {
      const path = await write(await compiler.compile(text));
      const error = await rejected(createTickloom({ plugins: [path] }).schemas.list());
      expect(error, compiler.name).to.include({ code: 'PLUGIN_INVALID' });
      expect(error).to.have.property('hint').that.contains('"experimentalDecorators": true');
    }
  });

  it('says which option to set where the decorators are left in it', async () => {
    const path = await write(await LEAVING_COMPILER.compile(DECORATED_NOTE));
    const error = await rejected(createTickloom({ plugins: [path] }).schemas.list());
    expect(error).to.include({ code: 'PLUGIN_INVALID' });
    expect(error).to.have.property('hint').that.contains('"experimentalDecorators": true').and.contains(path);
  });
});
