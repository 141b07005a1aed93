import { expect } from 'chai';
import { compiledModel, type CompiledModel } from '../../../../src/core/compile/compiled-model.js';
import { materialise } from '../../../../src/core/compile/materialise.js';
import { structuralReasons } from '../../../../src/core/compile/structural-reasons.js';
import { encodeRecord, type RecordValue } from '../../../../src/core/dbn/index.js';
import type { WireField } from '../../../../src/core/dbn/layout/record-layout.js';
import { PluginRegistry, type RegisteredSchema } from '../../../../src/core/registry/plugin-registry.js';
import { batchOf } from '../../../../src/testing/index.js';
import { plausibleValues, seededRandom, type Random } from '../../../../src/testing/sample-records.js';
import { builtinPlugins } from '../../../../plugins/index.js';

/** Of each schema in each DBN version. More of them, and others: `npm run test:checks -- 100000 [seed]`. */
const RECORDS = Number(process.env.CHECK_RECORDS ?? 300);
const SEED = Number(process.env.CHECK_SEED ?? 1);
const MOST_AT_ONCE = 10_000;
/** Fields that an odd record differs in from one that is accepted. */
const MOST_ODD_FIELDS = 4;

function schemas(): readonly RegisteredSchema[] {
  const registry = new PluginRegistry();
  for (const plugin of builtinPlugins) registry.register(plugin, 'built in');
  return registry.list();
}

/** The truth: what class-validator and the columns say of the record. */
function isRejected({ model, plugin }: RegisteredSchema, { binding }: CompiledModel, bytes: Uint8Array): boolean {
  const instance = materialise(model, binding, new DataView(bytes.buffer), 0);
  return (
    plugin.validation.validate(instance).length > 0 || structuralReasons(model, binding, bytes, 0, instance).length > 0
  );
}

/** A record that is accepted, or nearly: what it is refused for is changed until it is not. */
function soundRecord(schema: RegisteredSchema, compiled: CompiledModel, random: Random): Uint8Array {
  const { layout, fields } = compiled.binding;
  const values: Record<string, RecordValue | undefined> = plausibleValues(compiled.binding, schema.rtype, random);
  delete values.length;
  for (let attempt = 0; attempt < 300; attempt++) {
    const bytes = encodeRecord(layout, values);
    const instance = materialise(schema.model, compiled.binding, new DataView(bytes.buffer), 0);
    const errors = schema.plugin.validation.validate(instance);
    if (errors.length === 0) return bytes;
    for (const { property } of errors) {
      const wire = fields.find(({ field }) => field.name === property)?.wire;
      if (wire === null || wire === undefined) continue;
      values[wire.name] = wire.type === 'char' ? String.fromCharCode(random(128)) : random(12);
      if (wire.type === 'cstr') values[wire.name] = 'A';
    }
  }
  return encodeRecord(layout, values);
}

/** Changes bytes as no sound writer would: extremes, "not set", text that is none, anything. */
function spoil(bytes: Uint8Array, { offset, size, undef }: WireField, random: Random): void {
  const field = new Uint8Array(bytes.buffer, offset, size);
  const kind = random(6);
  if (kind === 0) field.fill(0);
  else if (kind === 1) field.fill(0xff);
  else if (kind === 2) field.fill(0xff).fill(0x7f, size - 1);
  else if (kind === 3) field.fill(0).fill(0x80, size - 1);
  else if (kind === 4 && undef !== undefined && size === 8) {
    new DataView(bytes.buffer).setBigUint64(offset, BigInt.asUintN(64, undef + BigInt(random(3)) - 1n), true);
  } else for (let at = 0; at < size; at++) field[at] = random(256);
}

describe('compiled checks of the bundled schemas', () => {
  for (const schema of schemas()) {
    it(`agree with validateSync on random ${schema.name} records, odd ones included`, () => {
      const random = seededRandom(SEED * 2_654_435_761 + schema.rtype + schema.name.length);
      let [accepted, rejected] = [0, 0];
      for (const version of schema.model.bindings.keys()) {
        const compiled = compiledModel(schema.model, version, schema.plugin.validation);
        const { layout } = compiled.binding;
        const wires = compiled.binding.fields.flatMap(({ wire }) => (wire === null ? [] : [wire]));
        let sound = soundRecord(schema, compiled, random);
        for (let left = RECORDS; left > 0; left -= MOST_AT_ONCE) {
          const records = Array.from({ length: Math.min(left, MOST_AT_ONCE) }, (_, index) => {
            if (index % 100 === 99) sound = soundRecord(schema, compiled, random);
            const bytes = sound.slice();
            for (let count = random(MOST_ODD_FIELDS); count > 0; count--) {
              spoil(bytes, wires[random(wires.length)] as WireField, random);
            }
            return bytes;
          });
          const batch = batchOf(records, { layout, version, rtype: schema.rtype });
          const verdicts = new Uint8Array(records.length);
          compiled.check(batch, layout.size, verdicts);
          expect(compiled.partial, 'nothing is left to validateSync').to.equal(false);
          for (const [index, bytes] of records.entries()) {
            const truth = isRejected(schema, compiled, bytes);
            if ((verdicts[index] !== 0) !== truth) {
              const hex = Buffer.from(bytes).toString('hex');
              expect.fail(`version ${version}, record ${index} is ${truth ? '' : 'not '}to be rejected: ${hex}`);
            }
            if (truth) rejected += 1;
            else accepted += 1;
          }
        }
      }
      expect(Math.min(accepted, rejected), `${accepted} accepted, ${rejected} rejected`).to.be.at.least(RECORDS / 100);
    });
  }
});
