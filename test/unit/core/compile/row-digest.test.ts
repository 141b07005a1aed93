import { expect } from 'chai';
import { builtinPlugins } from '../../../../plugins/index.js';
import { compiledModel } from '../../../../src/core/compile/compiled-model.js';
import { createRowTransform } from '../../../../src/core/compile/create-row-transform.js';
import { encodeRecord, newMetadata } from '../../../../src/core/dbn/index.js';
import { Digest } from '../../../../src/core/digest/digest.js';
import { rowHasher } from '../../../../src/core/digest/hashers.js';
import { PluginRegistry } from '../../../../src/core/registry/plugin-registry.js';
import { SymbolResolver } from '../../../../src/core/symbology/symbol-resolver.js';
import { batchOf } from '../../../../src/testing/index.js';
import { plausibleValues, seededRandom } from '../../../../src/testing/sample-records.js';

const RECORDS = 200;
/** So that ordinals take both halves of their column. */
const FIRST_ORDINAL = 2 ** 40 + 2 ** 32 - RECORDS / 2;

const registry = new PluginRegistry();
for (const plugin of builtinPlugins) registry.register(plugin, 'built in');

describe('the digest that is made while rows are encoded', () => {
  for (const schema of registry.list()) {
    it(`is that of the tuples, for any bytes of ${schema.name} records`, () => {
      const random = seededRandom(schema.rtype + schema.name.length);
      for (const version of schema.model.bindings.keys()) {
        const compiled = compiledModel(schema.model, version, schema.plugin.validation);
        const { binding } = compiled;
        const records = Array.from({ length: RECORDS }, () => {
          const values = plausibleValues(binding, schema.rtype, random);
          delete values.length;
          const bytes = encodeRecord(binding.layout, values);
          for (const { wire } of binding.fields) {
            if (wire === null || random(4) > 0) continue;
            const kind = random(5);
            const field = bytes.subarray(wire.offset, wire.offset + wire.size);
            if (kind < 3) field.fill([0, 0xff, 0x7f][kind] as number);
            else for (let at = 0; at < field.length; at++) field[at] = random(256);
          }
          return bytes;
        });
        const batch = batchOf(records, { layout: binding.layout, version, rtype: schema.rtype });
        const symbols = new SymbolResolver('TEST.SET', newMetadata({ dataset: 'TEST.SET', schema: null, version }));
        const options = { schema, version, dataset: 'TEST.SET', chunkId: 7, symbols, unchecked: true };
        const made = createRowTransform(options).transform({ ...batch, firstOrdinal: FIRST_ORDINAL });
        expect(made.rows).to.equal(RECORDS);
        const digest = new Digest();
        rowHasher(schema.table).addTuples(digest, made.tuples, made.rows);
        expect(made.digest?.toString(), `version ${version}`).to.equal(digest.toString());
      }
    });
  }
});
