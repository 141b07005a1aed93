import { assign, doWhile, i32, i64, select, sequence, when, type Code, type Local } from '../../wasm/code.js';
import type { FunctionHandle, ModuleBuilder } from '../../wasm/module-builder.js';
import { RowCode, swapped, type RowState } from './row-code.js';

/** Bytes are read and written eight at a time: so many may be touched behind the end. */
export const BYTE_SLACK = 8;

const ONES = 0x0101010101010101n;
const HIGHS = 0x8080808080808080n;

/** Functions for cells of any length. */
export interface ByteFunctions {
  /** (from, to, size): copies up to the first NUL, at most so many bytes, and gives how many there were. */
  readonly copyText: FunctionHandle;
  /** (from, to, bytes): copies at least so many bytes, which are more than none. */
  readonly copy: FunctionHandle;
  /** (from, end, first word, h, g): hashes the bytes of a cell; gives h and g. */
  readonly hash: FunctionHandle;
}

export function byteFunctions(module: ModuleBuilder): ByteFunctions {
  return { copyText: copyText(module), copy: copy(module), hash: hash(module) };
}

/** Hashes what stands from one address to another, and goes on with the row's hash. */
export function hashBytes({ hash: bytes }: ByteFunctions, { h, g }: RowState, from: Code, end: Code, head: Code): Code {
  return assign([h, g], bytes.call(from, end, head, h.get, g.get));
}

function copyText(module: ModuleBuilder): FunctionHandle {
  return module.function('copy text', ['i32', 'i32', 'i32'], ['i32'], ([from, to, size], builder) => {
    const [source, target, most] = [from, to, size] as [Local, Local, Local];
    const length = builder.local('i32');
    const bytes = builder.local('i64');
    const nul = builder.local('i64');
    const more = builder.local('i32');
    // the lowest high bit that is set stands in the first NUL
    const nuls = i64.and(
      i64.and(i64.sub(bytes.get, i64.const(ONES)), i64.xor(bytes.get, i64.const(-1n))),
      i64.const(HIGHS),
    );
    return sequence(
      doWhile(
        sequence(
          bytes.set(i64.load(i32.add(source.get, length.get))),
          i64.store(i32.add(target.get, length.get), bytes.get),
          nul.set(nuls),
          when(
            i64.isZero(nul.get),
            sequence(length.set(i32.add(length.get, i32.const(8))), more.set(i32.below(length.get, most.get))),
            sequence(
              length.set(i32.add(length.get, i32.wrap(i64.shiftRight(i64.trailingZeros(nul.get), i64.const(3n))))),
              more.set(i32.const(0)),
            ),
          ),
        ),
        more.get,
      ),
      select(i32.below(length.get, most.get), length.get, most.get),
    );
  });
}

function copy(module: ModuleBuilder): FunctionHandle {
  return module.function('copy', ['i32', 'i32', 'i32'], [], ([from, to, bytes], builder) => {
    const [source, target, size] = [from, to, bytes] as [Local, Local, Local];
    const done = builder.local('i32');
    return doWhile(
      sequence(
        i64.store(i32.add(target.get, done.get), i64.load(i32.add(source.get, done.get))),
        done.set(i32.add(done.get, i32.const(8))),
      ),
      i32.below(done.get, size.get),
    );
  });
}

function hash(module: ModuleBuilder): FunctionHandle {
  return module.function('hash', ['i32', 'i32', 'i32', 'i32', 'i32'], ['i32', 'i32'], (parameters, builder) => {
    const [from, end, head, h, g] = parameters as [Local, Local, Local, Local, Local];
    const row = new RowCode({ at: from, h, g }, builder);
    const word = builder.local('i32');
    const rest = i32.sub(end.get, from.get);
    const isLong = i32.below(i32.const(4), i32.sub(end.get, from.get));
    const last = select(
      i32.not(rest),
      i32.const(0),
      i32.shiftRight(swapped(word), i32.sub(i32.const(32), i32.mul(i32.const(8), rest))),
    );
    return sequence(
      when(
        isLong,
        doWhile(
          sequence(
            word.set(i32.load(from.get)),
            row.hash(i32.xor(head.get, swapped(word))),
            head.set(i32.const(0)),
            row.advance(i32.const(4)),
          ),
          isLong,
        ),
      ),
      word.set(i32.load(from.get)),
      row.hash(i32.xor(head.get, last)),
      h.get,
      g.get,
    );
  });
}
