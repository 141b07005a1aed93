import { assign, i32, i64, select, sequence, when, type Code, type Local } from '../../wasm/code.js';
import type { FunctionHandle, ModuleBuilder } from '../../wasm/module-builder.js';
import { headCode, RowCode, swapped, type RowState } from './row-code.js';

/**
 * PostgreSQL's binary `numeric`: int16 count of base-10000 digits, int16 weight of the first, uint16 sign, uint16 count
 * of decimal places, then the digits. Written without leading or trailing zero digits and without trailing zero
 * decimals, so that equal values have equal bytes.
 */

/** Most bytes that a price or a u64 takes as a cell, its length included: 4 + 8 + six digits. */
export const NUMERIC_CELL_MAX = 24;

const NEGATIVE = 0x4000;
const PRICE_SCALE = 1_000_000_000n;
const TEN_TO_EIGHT = 100_000_000n;
const HEAD_BYTES = 8;

/** Functions (at, value, seed, h, g) that write and hash a cell, and give at, h and g. */
export interface NumericFunctions {
  /** An i64 in units of 1e-9. */
  readonly price: FunctionHandle;
  /** A u64. */
  readonly unsigned: FunctionHandle;
}

export function numericFunctions(module: ModuleBuilder): NumericFunctions {
  const write = writeDigits(module);
  return { price: price(module, write), unsigned: unsigned(module, write) };
}

/** Writes the value of a variable, and goes on with the row. */
export function numericCell(write: FunctionHandle, { at, h, g }: RowState, seed: number, value: Local): Code {
  return assign([at, h, g], write.call(at.get, value.get, i32.const(seed), h.get, g.get));
}

function price(module: ModuleBuilder, write: FunctionHandle): FunctionHandle {
  return module.function('price', ['i32', 'i64', 'i32', 'i32', 'i32'], ['i32', 'i32', 'i32'], (parameters, builder) => {
    const [at, value, seed, h, g] = parameters as [Local, Local, Local, Local, Local];
    const sign = builder.local('i32');
    const whole = builder.local('i64');
    const top = builder.local('i64');
    const rest = builder.local('i32');
    const decimals = builder.local('i32');
    const [w1, f1, f2, f3] = [0, 1, 2, 3].map(() => builder.local('i32')) as [Local, Local, Local, Local];
    const high = sequence(
      i64.or(
        i64.or(i64.shl(top.get, i64.const(48n)), i64.shl(i64.zeroExtend(w1.get), i64.const(32n))),
        i64.zeroExtend(i32.or(i32.shl(i32.sub(rest.get, i32.mul(w1.get, i32.const(10_000))), i32.const(16)), f1.get)),
      ),
    );
    return sequence(
      when(
        i64.less(value.get, i64.const(0n)),
        sequence(sign.set(i32.const(NEGATIVE)), value.set(i64.sub(i64.const(0n), value.get))),
      ),
      // whole below 1e10, and nine decimals: the digits f1 f2 f3, the last one with three zeros behind
      whole.set(i64.div(value.get, i64.const(PRICE_SCALE))),
      rest.set(i32.wrap(i64.sub(value.get, i64.mul(whole.get, i64.const(PRICE_SCALE))))),
      f1.set(i32.div(rest.get, i32.const(100_000))),
      rest.set(i32.sub(rest.get, i32.mul(f1.get, i32.const(100_000)))),
      f2.set(i32.div(rest.get, i32.const(10))),
      f3.set(i32.mul(i32.sub(rest.get, i32.mul(f2.get, i32.const(10))), i32.const(1000))),
      when(
        f3.get,
        decimals.set(i32.const(9)),
        when(
          f2.get,
          decimals.set(i32.sub(i32.const(8), trailingZeros(f2))),
          when(f1.get, decimals.set(i32.sub(i32.const(4), trailingZeros(f1)))),
        ),
      ),
      top.set(i64.div(whole.get, i64.const(TEN_TO_EIGHT))),
      rest.set(i32.wrap(i64.sub(whole.get, i64.mul(top.get, i64.const(TEN_TO_EIGHT))))),
      w1.set(i32.div(rest.get, i32.const(10_000))),
      write.call(
        at.get,
        high,
        i32.or(i32.shl(f2.get, i32.const(16)), f3.get),
        i32.const(2),
        i32.or(i32.shl(sign.get, i32.const(16)), decimals.get),
        seed.get,
        h.get,
        g.get,
      ),
    );
  });
}

function unsigned(module: ModuleBuilder, write: FunctionHandle): FunctionHandle {
  return module.function(
    'unsigned',
    ['i32', 'i64', 'i32', 'i32', 'i32'],
    ['i32', 'i32', 'i32'],
    (parameters, builder) => {
      const [at, value, seed, h, g] = parameters as [Local, Local, Local, Local, Local];
      const upper = builder.local('i64');
      const top = builder.local('i64');
      const [middle, lower, first, third] = [0, 1, 2, 3].map(() => builder.local('i32')) as [
        Local,
        Local,
        Local,
        Local,
      ];
      const rest = (of: Local, digit: Local): Code => i32.sub(of.get, i32.mul(digit.get, i32.const(10_000)));
      return sequence(
        // five digits: one, and twice two
        upper.set(i64.div(value.get, i64.const(TEN_TO_EIGHT))),
        lower.set(i32.wrap(i64.sub(value.get, i64.mul(upper.get, i64.const(TEN_TO_EIGHT))))),
        top.set(i64.div(upper.get, i64.const(TEN_TO_EIGHT))),
        middle.set(i32.wrap(i64.sub(upper.get, i64.mul(top.get, i64.const(TEN_TO_EIGHT))))),
        first.set(i32.div(middle.get, i32.const(10_000))),
        third.set(i32.div(lower.get, i32.const(10_000))),
        write.call(
          at.get,
          i64.or(
            i64.or(i64.shl(top.get, i64.const(48n)), i64.shl(i64.zeroExtend(first.get), i64.const(32n))),
            i64.zeroExtend(i32.or(i32.shl(rest(middle, first), i32.const(16)), third.get)),
          ),
          i32.shl(rest(lower, third), i32.const(16)),
          i32.const(4),
          i32.const(0),
          seed.get,
          h.get,
          g.get,
        ),
      );
    },
  );
}

/**
 * (at, four digits, two digits, weight of the first, sign and decimals, seed, h, g): leaves out zero digits at both
 * ends, writes and hashes the cell; gives at, h and g.
 */
function writeDigits(module: ModuleBuilder): FunctionHandle {
  return module.function(
    'digits',
    ['i32', 'i64', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    ['i32', 'i32', 'i32'],
    (parameters, builder) => {
      const [at, high, two, weight, kind, seed, h, g] = parameters as Local[] as [
        ...[Local, Local, Local, Local, Local, Local, Local, Local],
      ];
      const low = builder.local('i64');
      const zeros = builder.local('i64');
      const digits = builder.local('i32');
      const size = builder.local('i32');
      const word = builder.local('i32');
      const row = new RowCode({ at, h, g }, builder);
      const usedOf = (four: Local): Code =>
        i32.sub(i32.const(4), i32.wrap(i64.shiftRight(i64.trailingZeros(four.get), i64.const(4n))));
      const put = (value: Code, offset: number): Code =>
        sequence(word.set(value), i32.store(at.get, swapped(word), offset));
      /** Of the digit with this number and the next one, where there are both. */
      const hashDigits = (number: number, value: Code): Code =>
        sequence(
          word.set(value),
          row.hash(
            select(i32.equal(digits.get, i32.const(number + 1)), i32.shiftRight(word.get, i32.const(16)), word.get),
          ),
        );
      const hasMoreThan = (number: number): Code => i32.below(i32.const(number), digits.get);
      const upper = i32.wrap(i64.shiftRight(high.get, i64.const(32n)));
      const third = i32.wrap(i64.shiftRight(low.get, i64.const(32n)));
      const head = i32.or(i32.shl(digits.get, i32.const(16)), i32.and(weight.get, i32.const(0xffff)));
      return sequence(
        low.set(i64.shl(i64.zeroExtend(two.get), i64.const(32n))),
        when(
          i64.isZero(high.get),
          sequence(high.set(low.get), low.set(i64.const(0n)), weight.set(i32.sub(weight.get, i32.const(4)))),
        ),
        when(
          i64.isZero(high.get),
          // the number 0
          weight.set(i32.const(0)),
          sequence(
            zeros.set(i64.and(i64.leadingZeros(high.get), i64.const(48n))),
            when(
              i32.not(i64.isZero(zeros.get)),
              sequence(
                high.set(
                  i64.or(i64.shl(high.get, zeros.get), i64.shiftRight(low.get, i64.sub(i64.const(64n), zeros.get))),
                ),
                low.set(i64.shl(low.get, zeros.get)),
                weight.set(i32.sub(weight.get, i32.wrap(i64.shiftRight(zeros.get, i64.const(4n))))),
              ),
            ),
            when(i64.isZero(low.get), digits.set(usedOf(high)), digits.set(i32.add(i32.const(4), usedOf(low)))),
          ),
        ),
        size.set(i32.add(i32.const(HEAD_BYTES), i32.shl(digits.get, i32.const(1)))),
        put(size.get, 0),
        put(head, 4),
        put(kind.get, 8),
        put(upper, 12),
        put(i32.wrap(high.get), 16),
        put(third, 20),
        row.hash(i32.xor(headCode(seed.get, size.get), head)),
        row.hash(kind.get),
        when(
          hasMoreThan(0),
          sequence(
            hashDigits(0, upper),
            when(
              hasMoreThan(2),
              sequence(hashDigits(2, i32.wrap(high.get)), when(hasMoreThan(4), hashDigits(4, third))),
            ),
          ),
        ),
        i32.add(i32.add(at.get, i32.const(4)), size.get),
        h.get,
        g.get,
      );
    },
  );
}

/** Zeros at the end of a digit that is not 0. */
function trailingZeros(digit: Local): Code {
  const divides = (by: number): Code => i32.not(i32.rem(digit.get, i32.const(by)));
  return i32.add(i32.add(divides(10), divides(100)), divides(1000));
}
