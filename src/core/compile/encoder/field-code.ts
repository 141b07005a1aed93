import type { WireField } from '../../dbn/layout/record-layout.js';
import type { BoundField, ModelField } from '../../model/model-spec.js';
import { WIRE_TYPES } from '../../model/wire-types.js';
import { i32, i64, sequence, when, type Code, type Local } from '../../wasm/code.js';
import type { FunctionBuilder } from '../../wasm/module-builder.js';
import { cellsOf, PG_EPOCH_MICROS } from '../row-encoder.js';
import { hashBytes, type ByteFunctions } from './byte-code.js';
import { numericCell, type NumericFunctions } from './numeric-code.js';
import { headCode, RowCode, swapped, type RowState } from './row-code.js';

/** A field with what its columns are hashed with. */
export interface FieldColumns extends BoundField {
  readonly seeds: readonly number[];
}

export interface CellFunctions {
  readonly bytes: ByteFunctions;
  readonly numeric: NumericFunctions;
}

/** Writes the cells of fields, from the record at an address. */
export class FieldCode {
  readonly #row: RowCode;
  readonly #number: Local;
  readonly #wide: Local;
  readonly #micros: Local;

  constructor(
    private readonly record: Local,
    private readonly state: RowState,
    private readonly functions: CellFunctions,
    builder: FunctionBuilder,
  ) {
    this.#row = new RowCode(state, builder);
    this.#number = builder.local('i32');
    this.#wide = builder.local('i64');
    this.#micros = builder.local('i64');
  }

  write({ field, wire, seeds }: FieldColumns): Code {
    if (wire === null) return this.#row.constant(seeds, cellsOf(field, field.absent));
    const [seed = 0] = seeds;
    switch (WIRE_TYPES[field.type].kind) {
      case 'number':
        return this.#numberCells(field, wire, seed);
      case 'wide':
        return this.#wideCells(field, wire, seeds);
      case 'char':
        return sequence(
          this.#number.set(i32.load8(this.record.get, wire.offset)),
          when(this.#number.get, this.#row.byte(seed, this.#number.get), this.#row.null()),
        );
      case 'text':
        return this.#textCell(wire, seed);
    }
  }

  #numberCells(field: ModelField, wire: WireField, seed: number): Code {
    const { get } = this.#number;
    const read = this.#number.set(numberAt(this.record, wire));
    const write = this.#numberCell(field, seed, WIRE_TYPES[wire.type as 'u8'].signed);
    if (wire.undef === undefined) return sequence(read, write);
    return sequence(read, when(i32.equal(get, i32.const(Number(wire.undef))), this.#row.null(), write));
  }

  #numberCell(field: ModelField, seed: number, signed: boolean): Code {
    const { get } = this.#number;
    switch (field.columns[0]?.type) {
      case 'smallint':
        return this.#row.smallint(seed, get);
      case 'integer':
        return this.#row.integer(seed, get);
      default:
        return sequence(
          this.#wide.set(signed ? i64.signExtend(get) : i64.zeroExtend(get)),
          this.#row.bigint(seed, this.#wide),
        );
    }
  }

  #wideCells(field: ModelField, wire: WireField, seeds: readonly number[]): Code {
    const read = this.#wide.set(wideAt(this.record, wire));
    const write = this.#wideCell(field, seeds);
    if (wire.undef === undefined) return sequence(read, write);
    const nulls = field.columns.map(() => this.#row.null());
    const isUndefined = i64.equal(this.#wide.get, i64.const(wire.undef));
    return sequence(read, when(isUndefined, sequence(...nulls), write));
  }

  #wideCell(field: ModelField, [seed = 0, restSeed = 0]: readonly number[]): Code {
    const { price, unsigned } = this.functions.numeric;
    if (field.type === 'price') return numericCell(price, this.state, seed, this.#wide);
    if (field.type === 'timestamp') {
      // whole microseconds, counted from 2000, and the nanoseconds left over
      const [nanos, micros] = [this.#wide, this.#micros];
      return sequence(
        micros.set(i64.div(nanos.get, i64.const(1000n))),
        this.#number.set(i32.wrap(i64.sub(nanos.get, i64.mul(micros.get, i64.const(1000n))))),
        micros.set(i64.sub(micros.get, i64.const(PG_EPOCH_MICROS))),
        this.#row.bigint(seed, micros),
        this.#row.smallint(restSeed, this.#number.get),
      );
    }
    if (field.numericColumn) return numericCell(unsigned, this.state, seed, this.#wide);
    return this.#row.bigint(seed, this.#wide);
  }

  #textCell({ offset, size }: WireField, seed: number): Code {
    const { copyText } = this.functions.bytes;
    const { at } = this.state;
    const length = this.#number;
    const from = i32.add(this.record.get, i32.const(offset));
    return sequence(
      length.set(copyText.call(from, i32.add(at.get, i32.const(4)), i32.const(size))),
      i32.store(at.get, swapped(length)),
      this.#row.advance(i32.add(i32.const(4), length.get)),
      // from the record: bytes that were just written cannot be read in other pieces without a wait
      hashBytes(
        this.functions.bytes,
        this.state,
        from,
        i32.add(from, length.get),
        headCode(i32.const(seed), length.get),
      ),
    );
  }
}

/** Reads an integer of up to 32 bits. */
function numberAt(record: Local, { type, offset }: WireField): Code {
  switch (type) {
    case 'u8':
    case 'char':
      return i32.load8(record.get, offset);
    case 'i8':
      return i32.load8s(record.get, offset);
    case 'u16':
      return i32.load16(record.get, offset);
    case 'i16':
      return i32.load16s(record.get, offset);
    default:
      return i32.load(record.get, offset);
  }
}

/** Reads an integer of any size. */
function wideAt(record: Local, wire: WireField): Code {
  if (wire.size === 8) return i64.load(record.get, wire.offset);
  const number = numberAt(record, wire);
  return WIRE_TYPES[wire.type as 'u8'].signed ? i64.signExtend(number) : i64.zeroExtend(number);
}
