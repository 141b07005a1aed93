import { expect } from 'chai';
import fc from 'fast-check';
import {
  defineRecord,
  Expose,
  IsIn,
  IsNotBelow,
  IsOptional,
  Max,
  Min,
  type ModelClass,
} from '../../../../src/plugin.js';
import type { RegisteredSchema } from '../../../../src/core/registry/plugin-registry.js';
import { compiledModel } from '../../../../src/core/compile/compiled-model.js';
import { compiledMapping } from '../../../../src/core/compile/compiled-mapping.js';
import { materialise } from '../../../../src/core/compile/materialise.js';
import { structuralReasons } from '../../../../src/core/compile/structural-reasons.js';
import { definition, modelOf, probe, recordsOf, schemaOf, TIME, transformOf } from './fixtures.js';

const newModel = (checks: readonly PropertyDecorator[] = []): ModelClass =>
  defineRecord({
    name: 'Row',
    indexTimestamp: 'ts_seen',
    fields: {
      ts_seen: { type: 'nanos' },
      a: { type: 'uint8', undef: 255n, checks: [IsOptional(), Min(1), ...checks] },
      b: { type: 'int16', checks: [Max(1000)] },
      c: { type: 'uint32' },
      d: { type: 'uint64', checks: [IsOptional()] },
      e: { type: 'int64', undef: -1n },
      f: { type: 'price', checks: [IsNotBelow('g')] },
      g: { type: 'price' },
      h: { type: 'char', checks: [IsOptional(), IsIn(['A', 'B', '~'])] },
      i: { type: 'text', size: 5 },
      j: { type: 'uint64', column: 'numeric' },
    },
  });

/** What a mapper may give, good and bad; small domains, so that all is met. */
const values = {
  ts_event: fc.constantFrom(TIME, 0n, null, 2n ** 64n - 1n, 2n ** 64n),
  instrument_id: fc.constantFrom(1, 0, 2 ** 32 - 1, 2 ** 32, -1, 1n),
  ts_seen: fc.constantFrom(TIME, null, 2n ** 64n - 1n, -1n, 5),
  a: fc.constantFrom(1, 0, 255, 256, null, 1.5, NaN, -0, '1', 1n),
  b: fc.constantFrom(0, 1000, 1001, -32_768, -32_769, null),
  c: fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 0.5, Infinity),
  d: fc.constantFrom(0n, 2n ** 63n - 1n, 2n ** 63n, 5, null, -1n),
  e: fc.constantFrom(0n, -1n, null, 2n ** 63n, -(2n ** 63n), 2 ** 53),
  f: fc.constantFrom(0n, 5n, -5n, null, 2n ** 63n - 1n, 10n ** 18n, 1.5),
  g: fc.constantFrom(0n, 5n, null, 2n ** 63n - 1n),
  h: fc.constantFrom('A', '~', '', null, 'AB', '\0', '\xff', '\u0100', 65),
  i: fc.constantFrom('', 'abcde', 'abcdef', 'äb', 'ääb', 'äää', 'a\0b', '\ud800', '😀', null, 5),
  j: fc.constantFrom(0n, 2n ** 64n - 1n, 2n ** 64n, null),
};
const GOOD = {
  ts_event: TIME,
  publisher_id: 1,
  instrument_id: 1,
  ts_seen: TIME,
  a: 1,
  b: 0,
  c: 0,
  d: 0n,
  e: 0n,
  f: 5n,
};
const GOOD_REST = { g: 0n, h: 'A', i: 'abc', j: 0n };
const goodRow: Readonly<Record<string, unknown>> = { ...GOOD, ...GOOD_REST };

const anyRow = fc
  .tuple(
    fc.record(values),
    fc.subarray(Object.keys(values), { maxLength: 2 }),
    fc.subarray(Object.keys(values), { maxLength: 1 }),
  )
  .map(([odd, changed, missing]) => {
    const row = { ...goodRow, ...Object.fromEntries(changed.map((name) => [name, odd[name as 'a']])) };
    return Object.fromEntries(
      Object.entries(row).filter(([name]) => missing.length === 0 || !changed.includes(name) || name !== missing[0]),
    );
  });

/** A schema whose mapper gives these rows, one after the other. */
function giving(
  model: ModelClass,
  isPlain: boolean,
): { schema: RegisteredSchema; give: (rows: readonly object[]) => void } {
  let rows: readonly object[] = [];
  let next = 0;
  const schema = probe(model, { map: () => rows[next++] as object });
  const { plugin } = schema;
  const give = (given: readonly object[]): void => {
    rows = given;
    next = 0;
  };
  if (!isPlain) return { schema, give };
  // as a plugin that was built with an older release has it
  const validation = { ...plugin.validation };
  delete validation.transforms;
  return { schema: { ...schema, plugin: { ...plugin, validation } }, give };
}

describe('the rows of a mapper', () => {
  for (const [name, checks] of [
    ['that are checked by compiled code', []],
    ['that a validator of its own has to look at', [Max(200, { validateIf: () => true })]],
  ] as const) {
    it(`come to the same as value by value, ${name}`, () => {
      const fast = giving(newModel(checks), false);
      const plain = giving(newModel(checks), true);
      const [fastTransform, plainTransform] = [transformOf(fast.schema), transformOf(plain.schema)];
      let [accepted, rejected] = [0, 0];
      fc.assert(
        fc.property(fc.array(anyRow, { minLength: 1, maxLength: 20 }), (rows) => {
          const batch = recordsOf(
            fast.schema,
            rows.map(() => ({ ts_seen: TIME, ts_event: TIME })),
          );
          fast.give(rows);
          plain.give(rows);
          const [found, expected] = [fastTransform.transform(batch), plainTransform.transform(batch)];
          expect(found.rejections).to.deep.equal(expected.rejections);
          expect(found.rows).to.equal(expected.rows);
          expect(Buffer.compare(found.tuples, expected.tuples)).to.equal(0);
          accepted += found.rows;
          rejected += found.rejections.length;
        }),
        { numRuns: 200 },
      );
      expect(Math.min(accepted, rejected), 'both are met').to.be.above(100);
    });
  }

  for (const [name, checks] of [
    ['compiled code', []],
    ['a validator of its own', [Max(200, { validateIf: () => true })]],
  ] as const) {
    it(`are judged one by one though the mapper gives the same object each time, by ${name}`, () => {
      const shared: Record<string, unknown> = {};
      const mapped = [{ b: 1 }, { b: 1001 }, { b: 2 }, { b: 1002 }, { b: 3 }].map((more) => ({ ...goodRow, ...more }));
      let next = 0;
      const schema = probe(newModel(checks), { map: () => Object.assign(shared, mapped[next++]) });
      const batch = recordsOf(
        schema,
        mapped.map(() => ({ ts_seen: TIME, ts_event: TIME })),
      );
      const { rows, rejections } = transformOf(schema).transform(batch);
      expect(rows).to.equal(3);
      expect(rejections.map(({ ordinal }) => ordinal)).to.deep.equal([1, 3]);
      expect(rejections.map(({ reasons }) => reasons[0]?.field)).to.deep.equal(['b', 'b']);
    });
  }

  it('are written back as records unless the class may make other values of them', () => {
    class Exposed extends (newModel() as new () => object) {}
    Expose({ name: 'other' })(Exposed.prototype, 'a');
    class WithSetter extends (newModel() as new () => object) {
      set a(_: number) {
        throw new Error('never');
      }
    }
    const isWritten = (cls: ModelClass, model: ModelClass): boolean => {
      const schema = probe(model);
      const { binding } = compiledModel(schema.model, 3, schema.plugin.validation);
      const bytes = new Uint8Array(binding.layout.size);
      const mapping = compiledMapping({ ...schema.model, cls }, binding, schema.plugin.validation);
      return mapping.write(goodRow, bytes, new DataView(bytes.buffer), 0);
    };
    const plain = newModel();
    expect(isWritten(plain, plain)).to.equal(true);
    expect(isWritten(Exposed, newModel())).to.equal(false);
    expect(isWritten(WithSetter, newModel())).to.equal(false);
  });

  it('are made of the same instances as the plain way makes, in every version', () => {
    for (const version of [1, 2, 3] as const) {
      const schema = schemaOf('definition', definition);
      const model = modelOf(definition.model);
      const { binding } = compiledModel(model, version, schema.plugin.validation);
      const { instanceAt, isSound } = compiledMapping(model, binding, schema.plugin.validation);
      const batch = recordsOf(schema, [{}, { ts_recv: 5n, raw_symbol: 'äA', strike_price: 7n }], version);
      for (const [index, offset] of batch.offsets.entries()) {
        const expected = materialise(model, binding, batch.view, offset);
        const found = instanceAt(batch, offset);
        expect(found).to.deep.equal(expected);
        expect(found).to.be.instanceOf(model.cls);
        const sound = structuralReasons(model, binding, batch.bytes, offset, expected).length === 0;
        expect([index, isSound(batch, offset)]).to.deep.equal([index, sound]);
      }
    }
  });
});
