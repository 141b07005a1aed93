import { expect } from 'chai';
import fc from 'fast-check';
import { compiledModel } from '../../../../src/core/compile/compiled-model.js';
import { materialise } from '../../../../src/core/compile/materialise.js';
import {
  Allow,
  Char,
  defineRecord,
  Equals,
  Int16,
  Int32,
  Int64,
  IsDefined,
  IsDivisibleBy,
  IsEmpty,
  IsIn,
  IsInt,
  IsNegative,
  IsNotBelow,
  IsNotEmpty,
  IsNotIn,
  IsNumber,
  IsOptional,
  IsPositive,
  IsString,
  IsVenuePrice,
  Length,
  MarketRecord,
  Matches,
  Max,
  Min,
  Nanos,
  NotEquals,
  Price,
  Record,
  registerDecorator,
  Text,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  ValidateIf,
  type ModelClass,
  type PlainField,
} from '../../../../src/plugin.js';
import { definition, modelOf, probe, recordsOf } from './fixtures.js';

@Record({ indexTimestamp: 'ts_seen' })
class Compiled extends MarketRecord {
  @Nanos() ts_seen!: bigint;
  @Min(10) @Max(200) @IsInt() @Uint8({ undef: 255n }) a!: number | null;
  @IsOptional() @IsIn([1, 2, 3, 200]) @Uint8({ undef: 255n }) b!: number | null;
  @IsNotIn([0, 1]) @NotEquals(2) @Uint16() c!: number;
  @IsPositive() @IsNumber() @Int16() d!: number;
  @IsNegative() @IsOptional() @Int32({ undef: 0n }) e!: number | null;
  @Equals(4) @IsDefined() @IsNotEmpty() @Uint8() f!: number;
  @IsEmpty() @IsOptional() @Uint32({ undef: 4_294_967_295n }) g!: number | null;
  @IsIn(['A', 'B', null]) @Char() h!: string | null;
  @IsOptional() @Matches(/^[a-m~]$/) @Char() i!: string | null;
  @IsString() @Length(1, 1) @Char() j!: string | null;
  @IsVenuePrice() @IsNotBelow('l') @Price() k!: bigint | null;
  @IsVenuePrice() @Price() l!: bigint | null;
  @Uint64() m!: bigint;
  @IsDefined() @IsNotBelow('o') @Int64({ undef: -1n }) n!: bigint | null;
  @IsOptional() @Int64() o!: bigint;
  @IsString() @Text(4) p!: string;
  @Allow() @IsNotBelow('ts_seen') @Nanos() q!: bigint | null;
}

/** Small domains, so that every verdict is met often. */
const anyRecord = fc.record({
  ts_seen: fc.constantFrom(0n, 5n, 2n ** 63n, 2n ** 64n - 1n),
  ts_event: fc.constantFrom(0n, 2n ** 64n - 1n),
  a: fc.constantFrom(9, 10, 100, 200, 201, 255),
  b: fc.constantFrom(1, 2, 4, 200, 255),
  c: fc.constantFrom(0, 1, 2, 3, 65_535),
  d: fc.constantFrom(-1, 0, 1, 32_767, -32_768),
  e: fc.constantFrom(-1, 0, 1),
  f: fc.constantFrom(3, 4, 5),
  g: fc.constantFrom(0, 4_294_967_295),
  h: fc.constantFrom('', 'A', 'B', 'C', '\xff'),
  i: fc.constantFrom('', 'a', 'm', 'n', '~', '\xe4'),
  j: fc.constantFrom('', 'x', ' '),
  k: fc.constantFrom(-1n, 0n, 5n, 10n ** 18n, 10n ** 18n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  l: fc.constantFrom(-1n, 0n, 5n, 10n ** 18n, 2n ** 63n - 1n, -(10n ** 18n) - 1n),
  m: fc.constantFrom(0n, 2n ** 63n - 1n, 2n ** 63n),
  n: fc.constantFrom(-2n, -1n, 0n, 2n ** 33n),
  o: fc.constantFrom(-2n, -1n, 0n, 2n ** 33n, 2n ** 33n + 1n),
  p: fc.constantFrom('', 'abc'),
  q: fc.constantFrom(0n, 5n, 2n ** 63n, 2n ** 64n - 1n),
});

/** A record that every check accepts, so that one changed field decides. */
const GOOD = {
  ts_seen: 5n,
  a: 10,
  b: 1,
  c: 3,
  d: 1,
  e: -1,
  f: 4,
  g: 4_294_967_295,
  h: 'A',
  i: 'a',
  j: 'x',
  k: 5n,
  l: 0n,
  m: 0n,
  n: 0n,
  o: 0n,
  p: '',
  q: 5n,
};

function verdicts(
  model: ModelClass,
  values: readonly object[],
): { compiled: number[]; truth: number[]; partial: boolean } {
  const schema = probe(model);
  const copy = schema.plugin.validation;
  const { check, partial, binding } = compiledModel(schema.model, 3, copy);
  const batch = recordsOf(schema, values as never[]);
  const found = new Uint8Array(batch.count);
  const rejected = check(batch, binding.layout.size, found);
  expect(rejected).to.equal(found.reduce((sum, verdict) => sum + verdict, 0));
  const truth = values.map((_, index) => {
    const instance = materialise(schema.model, binding, batch.view, batch.offsets[index] as number);
    return copy.validate(instance).length > 0 ? 1 : 0;
  });
  return { compiled: [...found], truth, partial };
}

function modelWith(field: PlainField): ModelClass {
  return defineRecord({ name: 'With', indexTimestamp: 'ts_event', fields: { x: field, y: { type: 'price' } } });
}

/** A custom validator, perhaps under a name that class-validator uses itself. */
const Custom =
  (name: string, validate: (value: unknown) => boolean, constraints: unknown[] = []): PropertyDecorator =>
  (target, property) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(property),
      constraints,
      validator: { validate },
    });

describe('compiled checks', () => {
  it('compile all of the model under test, so that nothing is left to validateSync', () => {
    expect(verdicts(Compiled, [GOOD])).to.deep.equal({ compiled: [0], truth: [0], partial: false });
  });

  it('agree with validateSync on any record', () => {
    const nearlyGood = fc.tuple(anyRecord, fc.subarray(Object.keys(GOOD), { maxLength: 3 })).map(([record, names]) => ({
      ...GOOD,
      ...Object.fromEntries(names.map((name) => [name, record[name as keyof typeof record]])),
    }));
    let [accepted, rejected] = [0, 0];
    fc.assert(
      fc.property(fc.array(fc.oneof(nearlyGood, nearlyGood, anyRecord), { minLength: 1, maxLength: 30 }), (values) => {
        const { compiled, truth } = verdicts(Compiled, values);
        expect(compiled).to.deep.equal(truth);
        rejected += compiled.filter((verdict) => verdict === 1).length;
        accepted += compiled.filter((verdict) => verdict === 0).length;
      }),
      { numRuns: 300 },
    );
    expect(Math.min(accepted, rejected), 'both verdicts are met').to.be.above(100);
  });

  it('reject what no column holds even where validators are told to look away', () => {
    @Record({ indexTimestamp: 'ts_event' })
    class LooksAway extends MarketRecord {
      @IsOptional() override ts_event!: bigint | null;
      @ValidateIf(() => false) @Uint64() count!: bigint;
    }
    const { compiled } = verdicts(LooksAway, [
      { ts_event: 2n ** 64n - 1n, count: 0n },
      { ts_event: 0n, count: 2n ** 63n },
      { ts_event: 0n, count: 1n },
    ]);
    expect(compiled).to.deep.equal([1, 1, 0]);
  });

  for (const [name, field] of [
    ['a custom validator', { type: 'uint8', checks: [Custom('isOdd', (value) => Number(value) % 2 === 1)] }],
    [
      'a custom validator with the name and constraints of a standard one',
      { type: 'uint8', checks: [Custom('min', () => true, [5])] },
    ],
    [
      'one that says the same but for a single number',
      { type: 'uint8', checks: [Custom('min', (value) => Number(value) > 5, [5])] },
    ],
    [
      'one that throws',
      {
        type: 'uint8',
        checks: [
          Custom('isInt', () => {
            throw new Error('no');
          }),
        ],
      },
    ],
    ['a condition of its own', { type: 'uint8', checks: [ValidateIf(() => true), Min(5)] }],
    ['a condition on one validator', { type: 'uint8', checks: [Min(5, { validateIf: () => true })] }],
    ['a validator for each of several', { type: 'uint8', checks: [Min(5, { each: true })] }],
    ['a list that is too long', { type: 'uint8', checks: [IsIn(Array.from({ length: 65 }, (_, n) => n))] }],
    ['a constraint that is no number', { type: 'uint8', checks: [IsIn(['1'])] }],
    ['a bound that is not finite', { type: 'uint8', checks: [Max(Infinity)] }],
    ['a validator of numbers that is not a comparison', { type: 'uint8', checks: [IsDivisibleBy(3)] }],
    ['a comparison of bigints', { type: 'uint64', checks: [Equals(5n)] }],
    ['a validator of text', { type: 'text', size: 4, checks: [Matches(/^A/)] }],
    ['a price range on a small number', { type: 'uint8', checks: [IsVenuePrice()] }],
    ['a price range on an unsigned number', { type: 'uint64', checks: [IsVenuePrice()] }],
    ['a bound that is no field', { type: 'price', checks: [IsNotBelow('nothing')] }],
    ['a bound of another sign', { type: 'nanos', checks: [IsNotBelow('y')] }],
  ] as const satisfies [string, PlainField][]) {
    it(`leave ${name} to validateSync`, () => {
      const schema = probe(modelWith(field));
      expect(compiledModel(schema.model, 3, schema.plugin.validation).partial).to.equal(true);
    });
  }

  it('leave validators of a property that is no field to validateSync', () => {
    @Record({ indexTimestamp: 'ts_event' })
    class Derived extends MarketRecord {
      @Uint8() a!: number;
      @Max(10)
      get double(): number {
        return this.a * 2;
      }
    }
    const schema = probe(Derived);
    expect(compiledModel(schema.model, 3, schema.plugin.validation).partial).to.equal(true);
  });

  it('say the same of every bigint where class-validator does', () => {
    for (const check of [IsInt(), Min(1), IsPositive(), IsNumber(), IsString(), IsEmpty(), IsNotEmpty(), IsDefined()]) {
      for (const checks of [[check], [IsOptional(), check]]) {
        const values = [{ x: 5n }, { x: 2n ** 63n - 1n }];
        const { compiled, truth, partial } = verdicts(modelWith({ type: 'price', checks }), values);
        expect(partial).to.equal(false);
        expect(compiled).to.deep.equal(truth);
      }
    }
  });

  describe('of fields that a version lacks', () => {
    it('judge the value that stands for them', () => {
      @Record({ dbn: 'definition', symbol: 'raw_symbol' })
      class Strict extends (definition.model as new () => MarketRecord) {
        @Min(1) leg_count!: number;
        @IsOptional() @IsVenuePrice() leg_price!: bigint | null;
        @IsVenuePrice() leg_delta!: bigint | null;
        @IsIn(['N', 'A', 'B']) leg_side!: string | null;
      }
      const schema = { ...probe(modelWith({ type: 'uint8' })), model: modelOf(Strict) };
      const copy = schema.plugin.validation;
      for (const version of [2, 3] as const) {
        const { check, partial, binding } = compiledModel(schema.model, version, copy);
        expect(partial).to.equal(false);
        const batch = recordsOf({ ...schema, rtype: 0x13 }, [{ ts_recv: 5n }], version);
        const verdict = new Uint8Array(1);
        check(batch, binding.layout.size, verdict);
        const instance = materialise(schema.model, binding, batch.view, batch.offsets[0] as number);
        expect(verdict[0]).to.equal(copy.validate(instance).length > 0 ? 1 : 0);
        expect(verdict[0]).to.equal(1);
      }
    });
  });
});
