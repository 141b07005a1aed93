import { expect } from 'chai';
import fc from 'fast-check';
import { doWhile, i32, i64, select, sequence, when, type Code, type Local } from '../../../../src/core/wasm/code.js';
import { ModuleBuilder } from '../../../../src/core/wasm/module-builder.js';

const memory = new WebAssembly.Memory({ initial: 1 });

/** The function of two i32 whose code is given. */
function functionOf(write: (a: Local, b: Local, counter: Local) => Code): (a: number, b: number) => number {
  const module = new ModuleBuilder();
  module.function(
    'run',
    ['i32', 'i32'],
    ['i32'],
    ([a, b], builder) => write(a as Local, b as Local, builder.local('i32')),
    { exported: true },
  );
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return exports['run'] as (a: number, b: number) => number;
}

const constantOf = (code: Code, type: 'i32' | 'i64'): unknown => {
  const module = new ModuleBuilder();
  module.function('run', [], [type], () => code, { exported: true });
  const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
  return (exports['run'] as () => unknown)();
};

describe('WebAssembly code', () => {
  it('holds every constant', () => {
    const near = [0, 1, 63, 64, 65, 127, 128, 8191, 8192, 0x7fffffff].flatMap((value) => [value, -value, ~value]);
    for (const value of [...near, -0x80000000]) expect(constantOf(i32.const(value), 'i32')).to.equal(value | 0);
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat({ max: 63 }), (value, shift) => {
        expect(constantOf(i64.const(value >> BigInt(shift)), 'i64')).to.equal(value >> BigInt(shift));
      }),
      { numRuns: 300 },
    );
  });

  it('takes the low bits of constants that are unsigned', () => {
    expect(constantOf(i32.const(0xffffffff), 'i32')).to.equal(-1);
    expect(constantOf(i64.const(2n ** 64n - 1n), 'i64')).to.equal(-1n);
  });

  it('chooses, repeats and calls', () => {
    expect(functionOf((a, b) => select(i32.below(a.get, b.get), a.get, b.get))(-1, 7)).to.equal(7);
    const either = functionOf((a, b) =>
      sequence(
        when(a.get, b.set(i32.const(10)), b.set(i32.const(20))),
        when(i32.not(a.get), a.set(i32.const(1))),
        b.get,
      ),
    );
    expect([either(5, 0), either(0, 0)]).to.deep.equal([10, 20]);
    const product = functionOf((a, b, sum) =>
      sequence(
        doWhile(sequence(sum.set(i32.add(sum.get, b.get)), a.set(i32.sub(a.get, i32.const(1)))), a.get),
        sum.get,
      ),
    );
    expect(product(6, 7)).to.equal(42);
  });

  it('reads and writes at addresses, as far behind them as is wanted', () => {
    const moved = functionOf((a, b) =>
      sequence(
        i32.store(a.get, b.get, 300),
        i64.store(a.get, i64.zeroExtend(i32.load16s(a.get, 300)), 400),
        i32.load(a.get, 400),
      ),
    );
    expect(moved(16, 0x12348765)).to.equal(-0x789b);
  });

  it('has functions of its own that give several results', () => {
    const module = new ModuleBuilder();
    const divide = module.function('divide', ['i32', 'i32'], ['i32', 'i32'], ([a, b]) => {
      const [left, right] = [a as Local, b as Local];
      return sequence(i32.div(left.get, right.get), i32.rem(left.get, right.get));
    });
    module.function(
      'run',
      ['i32', 'i32'],
      ['i32'],
      ([a, b]) => i32.add(divide.call((a as Local).get, (b as Local).get), []),
      { exported: true },
    );
    const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
    expect((exports['run'] as (a: number, b: number) => number)(17, 5)).to.equal(3 + 2);
  });

  it('has names in stacks and profiles, for functions of its own too', () => {
    const module = new ModuleBuilder();
    const divide = module.function('divide übrig', ['i32'], ['i32'], ([a]) => i32.div((a as Local).get, i32.const(0)));
    module.function('run', [], ['i32'], () => divide.call(i32.const(1)), { exported: true });
    const { exports } = new WebAssembly.Instance(module.compile(), { env: { memory } });
    expect(exports['run'])
      .to.throw()
      .with.property('stack')
      .that.matches(/\n *at divide übrig \(wasm:.*\n *at run \(wasm:/);
  });
});
