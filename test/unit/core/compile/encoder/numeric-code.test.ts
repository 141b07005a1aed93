import { expect } from 'chai';
import fc from 'fast-check';
import { NUMERIC_CELL_MAX, numericFunctions } from '../../../../../src/core/compile/encoder/numeric-code.js';
import { cellsOf } from '../../../../../src/core/compile/row-encoder.js';
import { Digest } from '../../../../../src/core/digest/digest.js';
import { RowHasher } from '../../../../../src/core/digest/row-hasher.js';
import type { ModelField } from '../../../../../src/core/model/model-spec.js';
import { assign, i32, sequence, type Local } from '../../../../../src/core/wasm/code.js';
import { ModuleBuilder, type FunctionHandle } from '../../../../../src/core/wasm/module-builder.js';
import { RowCode } from '../../../../../src/core/compile/encoder/row-code.js';
import { definition, modelOf } from '../fixtures.js';

const fieldNamed = (name: string): ModelField =>
  modelOf(definition.model).fields.find((field) => field.name === name) as ModelField;
const PRICE = fieldNamed('strike_price');
const UNSIGNED = fieldNamed('raw_instrument_id');

const AT = 21;
const HASHER = new RowHasher('table', ['column']);
const memory = new WebAssembly.Memory({ initial: 1 });

type Writer = (value: bigint) => number;

/** A function that writes one cell at `AT`, gives its end, and leaves the hash of a row of this cell at 0. */
function writerOf(name: 'price' | 'unsigned'): Writer {
  const module = new ModuleBuilder();
  const write: FunctionHandle = numericFunctions(module)[name];
  module.function(
    'write',
    ['i64'],
    ['i32'],
    ([value], builder) => {
      const [at, h, g] = [0, 1, 2].map(() => builder.local('i32')) as [Local, Local, Local];
      const row = new RowCode({ at, h, g }, builder);
      const seed = i32.const(HASHER.seeds[0] as number);
      return sequence(
        at.set(i32.const(AT)),
        row.start,
        assign([at, h, g], write.call(at.get, (value as Local).get, seed, h.get, g.get)),
        row.finish,
        i32.store(i32.const(0), h.get),
        i32.store(i32.const(4), g.get),
        at.get,
      );
    },
    { exported: true },
  );
  return new WebAssembly.Instance(module.compile(), { env: { memory } }).exports['write'] as Writer;
}

const writePriceCell = writerOf('price');
const writeUnsignedCell = writerOf('unsigned');

function written(write: Writer, value: bigint): string {
  const end = write(value);
  expect(end - AT).to.be.at.most(NUMERIC_CELL_MAX);
  const view = new DataView(memory.buffer);
  const digest = new Digest();
  HASHER.add(digest, view, AT);
  const made = new Digest();
  made.addHalves(view.getInt32(0, true), view.getInt32(4, true));
  expect(made.toString(), `the hash of ${value}`).to.equal(digest.toString());
  return Buffer.from(memory.buffer.slice(AT, end)).toString('hex');
}

const plainly = (field: ModelField, value: bigint): string => Buffer.from(cellsOf(field, value)).toString('hex');
const cell = (...words: number[]): string =>
  [words.length * 2, ...words]
    .map((word, index) => (word & (index === 0 ? -1 : 0xffff)).toString(16).padStart(index === 0 ? 8 : 4, '0'))
    .join('');

describe('numeric cells', () => {
  for (const [text, raw, expected] of [
    ['3720.25', 3_720_250_000_000n, cell(2, 0, 0, 2, 3720, 2500)],
    ['100', 100_000_000_000n, cell(1, 0, 0, 0, 100)],
    ['0', 0n, cell(0, 0, 0, 0)],
    ['-0.0001', -100_000n, cell(1, 0xffff, 0x4000, 4, 1)],
    ['0.000000001', 1n, cell(1, 0xfffd, 0, 9, 1000)],
    ['20000', 20_000_000_000_000n, cell(1, 1, 0, 0, 2)],
    ['10000.5', 10_000_500_000_000n, cell(3, 1, 0, 1, 1, 0, 5000)],
    ['0.00001234', 12_340n, cell(1, 0xfffe, 0, 8, 1234)],
  ] as const) {
    it(`hold ${text} without a zero that says nothing`, () => {
      expect(written(writePriceCell, raw)).to.equal(expected);
      expect(plainly(PRICE, raw)).to.equal(expected);
    });
  }

  it('hold every price as the plain encoder does', () => {
    const near = fc
      .constantFrom(1n, 10n ** 9n, 10n ** 13n, 10n ** 17n, 2n ** 52n, 2n ** 53n, 2n ** 62n)
      .chain((around) => fc.bigInt(-2000n, 2000n).map((by) => around + by));
    const rounded = fc
      .tuple(fc.bigInt(-(10n ** 9n), 10n ** 9n), fc.nat({ max: 9 }))
      .map(([n, e]) => n * 10n ** BigInt(e));
    const any = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    fc.assert(
      fc.property(
        fc.oneof(
          any,
          near,
          rounded,
          near.map((value) => -value),
        ),
        (value) => {
          expect(written(writePriceCell, value)).to.equal(plainly(PRICE, value));
        },
      ),
      { numRuns: 20_000 },
    );
    expect(written(writePriceCell, -(2n ** 63n))).to.equal(plainly(PRICE, -(2n ** 63n)));
  });

  it('hold every u64 as the plain encoder does', () => {
    const zeros = fc.tuple(fc.bigInt(0n, 10n ** 6n), fc.nat({ max: 13 })).map(([n, e]) => n * 10n ** BigInt(e));
    fc.assert(
      fc.property(fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), zeros), (value) => {
        expect(written(writeUnsignedCell, value)).to.equal(plainly(UNSIGNED, value));
      }),
      { numRuns: 20_000 },
    );
    for (const value of [0n, 1n, 9999n, 10_000n, 2n ** 53n - 1n, 2n ** 53n, 10n ** 16n, 2n ** 64n - 1n]) {
      expect(written(writeUnsignedCell, value)).to.equal(plainly(UNSIGNED, value));
    }
  });
});
