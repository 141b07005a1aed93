import { recordMinOf } from '../../src/core/compile/batch-rejections.js';
import { compiledModel, type CompiledModel } from '../../src/core/compile/compiled-model.js';
import { timed, type BenchCase } from '../bench-case.js';
import { schemaNamed } from '../schema-named.js';
import { batchesOf } from './decode.js';

/** What the declaration of a schema says of each record, compiled. */
export const check: BenchCase = {
  name: 'check',
  title: '.dbn.zst decompressed, cut, checked',
  needsDatabase: false,
  reference: null,
  run: ({ dbnZst, schema }) =>
    timed(async () => {
      const { model, plugin } = schemaNamed(schema);
      let compiled: CompiledModel | undefined;
      let records = 0;
      for await (const batch of batchesOf(dbnZst)) {
        compiled ??= compiledModel(model, batch.version, plugin.validation);
        const verdicts = new Uint8Array(batch.count);
        compiled.check(batch, recordMinOf(compiled.binding, batch), verdicts);
        records += batch.count;
      }
      return records;
    }),
};
