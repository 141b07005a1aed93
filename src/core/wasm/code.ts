/**
 * WebAssembly instructions as bytes. Each function gives the code of one expression or statement, from the code of its
 * operands, in the order of the text format: `i32.sub(a, b)` is `(i32.sub a b)`.
 *
 * Source: WebAssembly core specification, binary format, https://webassembly.github.io/spec/core/binary/
 */

/** Bytes, in order: pieces of code stand in each other as they were put together, until {@link flat} lays them out. */
export type Code = readonly (number | Code)[];

export type ValueType = 'i32' | 'i64' | 'f64';

const VALUE_TYPES: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f64: 0x7c };
const NO_RESULT = 0x40;

/** The bytes of a piece of code. */
export function flat(code: Code, into: number[] = []): number[] {
  for (const part of code) {
    if (typeof part === 'number') into.push(part);
    else flat(part, into);
  }
  return into;
}

export const typeCode = (type: ValueType): number => VALUE_TYPES[type];

/** An unsigned integer in LEB128. */
export function unsigned(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}

/** A signed integer of 32 bits in LEB128. */
function signed(value: number): Code {
  const bytes: number[] = [];
  let rest = value;
  for (; rest < -0x40 || rest >= 0x40; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest & 0x7f];
}

/** A signed integer of 64 bits in LEB128. */
function signedWide(value: bigint): Code {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && low < 0x40) || (rest === -1n && low >= 0x40);
    if (isLast) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

/** One statement behind the other. */
export const sequence = (...statements: readonly Code[]): Code => statements;

type Unary = (a: Code) => Code;
type Binary = (a: Code, b: Code) => Code;
const unary =
  (op: number): Unary =>
  (a) => [a, op];
const binary =
  (op: number): Binary =>
  (a, b) => [a, b, op];

/** Reads at an address, and so many bytes behind it. Addresses need not be aligned. */
type Load = (address: Code, offset?: number) => Code;
type Store = (address: Code, value: Code, offset?: number) => Code;
const load =
  (op: number): Load =>
  (address, offset = 0) => [address, op, 0, unsigned(offset)];
const store =
  (op: number): Store =>
  (address, value, offset = 0) => [address, value, op, 0, unsigned(offset)];

export const i32 = {
  /** Any integer whose low 32 bits count. */
  const: (value: number): Code => [0x41, signed(value | 0)],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  /** Unsigned. */
  div: binary(0x6e),
  /** Unsigned. */
  rem: binary(0x70),
  and: binary(0x71),
  or: binary(0x72),
  xor: binary(0x73),
  shl: binary(0x74),
  shiftRight: binary(0x76),
  rotl: binary(0x77),
  not: unary(0x45),
  equal: binary(0x46),
  /** Unsigned. */
  below: binary(0x49),
  wrap: unary(0xa7),
  load: load(0x28),
  load8s: load(0x2c),
  load8: load(0x2d),
  load16s: load(0x2e),
  load16: load(0x2f),
  store: store(0x36),
  store8: store(0x3a),
  store16: store(0x3b),
};

export const i64 = {
  /** Any integer whose low 64 bits count. */
  const: (value: bigint): Code => [0x42, signedWide(BigInt.asIntN(64, value))],
  isZero: unary(0x50),
  equal: binary(0x51),
  /** Signed. */
  less: binary(0x53),
  leadingZeros: unary(0x79),
  trailingZeros: unary(0x7a),
  add: binary(0x7c),
  sub: binary(0x7d),
  mul: binary(0x7e),
  /** Unsigned. */
  div: binary(0x80),
  and: binary(0x83),
  or: binary(0x84),
  xor: binary(0x85),
  shl: binary(0x86),
  shiftRight: binary(0x88),
  /** Of an i32. */
  signExtend: unary(0xac),
  /** Of an i32. */
  zeroExtend: unary(0xad),
  /** Of an f64 that is an integer. */
  truncate: unary(0xb0),
  load: load(0x29),
  store: store(0x37),
};

/** `then` when the i32 is not 0. */
export const when = (condition: Code, then: Code, otherwise?: Code): Code => [
  condition,
  [0x04, NO_RESULT],
  then,
  otherwise === undefined ? [] : [0x05, otherwise],
  0x0b,
];

/** One of two values, both of which are computed. */
export const select = (condition: Code, then: Code, otherwise: Code): Code => [then, otherwise, condition, 0x1b];

/** Does the statements again as long as the condition behind them holds. */
export const doWhile = (body: Code, condition: Code): Code => [[0x03, NO_RESULT], body, condition, [0x0d, 0, 0x0b]];

/** A variable of a function, or one of its parameters. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
  readonly get: Code;
  set(value: Code): Code;
}

/** Sets several variables to the results of a call. */
export const assign = (locals: readonly Local[], call: Code): Code => [
  call,
  [...locals].reverse().map(({ index }) => [0x21, unsigned(index)]),
];

export const call = (functionIndex: number, ...parameters: readonly Code[]): Code => [
  parameters,
  0x10,
  unsigned(functionIndex),
];
