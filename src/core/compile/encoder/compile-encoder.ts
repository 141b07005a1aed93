import { rowHasher } from '../../digest/hashers.js';
import type { ModelBinding, ModelField, TableSpec } from '../../model/model-spec.js';
import { doWhile, assign, i32, i64, sequence, when, type Code, type Local } from '../../wasm/code.js';
import { ModuleBuilder, type FunctionHandle } from '../../wasm/module-builder.js';
import { byteFunctions, BYTE_SLACK, hashBytes } from './byte-code.js';
import { FieldCode, type CellFunctions, type FieldColumns } from './field-code.js';
import { NUMERIC_CELL_MAX, numericFunctions } from './numeric-code.js';
import { headCode, RowCode, type RowState } from './row-code.js';

/** The compiled encoder of a model in one DBN version for one table; {@link TupleEncoder} runs it. */
export interface CompiledEncoder {
  readonly module: WebAssembly.Module;
  /** Most bytes that a tuple takes, without its symbol's cell and the constant ones. */
  readonly tupleMax: number;
  /** Bytes of a record that are read. */
  readonly recordSize: number;
}

/** Where things stand in memory, and how many they are: what the function `encode` is called with. */
export const ENCODE_PARAMETERS = [
  'count',
  /** For each record, as 32 bits, where it begins, counted from `records`. */
  'offsets',
  'records',
  /** For each record a byte: 0 for those that become rows. */
  'verdicts',
  /** For each record, as 32 bits, the index of its symbol's cell. */
  'symbols',
  /** For each cell, as 32 bits, where it begins, counted from `cells`; and where the last one ends. */
  'starts',
  'cells',
  /** The cells of dataset and chunk id, the same in every row, and how many bytes they are. */
  'constant',
  'constantSize',
  /** For each record, as 32 bits, its ordinal, counted from `firstOrdinal`, which is an f64. */
  'ordinals',
  /** Where the tuples go. */
  'out',
  'firstOrdinal',
] as const;

/** Where the sums of the hashes stand when it is done. */
export const SUMS_ADDRESS = 0;

/** How much is read and written behind the end of what counts. */
export const ENCODER_SLACK = BYTE_SLACK;

/** The identity columns behind the fields: symbol, dataset, chunk_id, ordinal. */
const IDENTITY_COLUMNS = 4;
const BIGINT_CELL = 12;
/** In one function there are so many: one of all fields of a wide record would keep the compiler long. */
const FIELDS_OF_A_FUNCTION = 12;

/**
 * Compiles the encoder of a model in one DBN version for one table, to WebAssembly: it is compiled before the first record
 * comes, where JavaScript is interpreted first. One pass over the batch: what is written is hashed on the way.
 */
export function compileEncoder(binding: ModelBinding, table: TableSpec): CompiledEncoder {
  const seeds = [...rowHasher(table).seeds];
  const module = new ModuleBuilder();
  const functions = { bytes: byteFunctions(module), numeric: numericFunctions(module) };
  const columns = columnsOf(binding, seeds);
  const groups: FunctionHandle[] = [];
  for (let from = 0; from < columns.length; from += FIELDS_OF_A_FUNCTION) {
    groups.push(fieldsFunction(module, functions, columns.slice(from, from + FIELDS_OF_A_FUNCTION)));
  }
  encodeFunction(module, functions, groups, seeds);
  const fieldMax = binding.fields.reduce((sum, { field }) => sum + cellsMax(field), 0);
  return { module: module.compile(), tupleMax: 2 + fieldMax + BIGINT_CELL, recordSize: binding.layout.size };
}

function columnsOf({ fields }: ModelBinding, seeds: readonly number[]): FieldColumns[] {
  let at = 0;
  return fields.map((bound) => {
    const from = at;
    at += bound.field.columns.length;
    return { ...bound, seeds: seeds.slice(from, at) };
  });
}

/** Most bytes that the cells of a field take, lengths included. */
function cellsMax(field: ModelField): number {
  switch (field.columns[0]?.type) {
    case 'smallint':
      return 4 + 2;
    case 'integer':
      return 4 + 4;
    case 'numeric':
      return NUMERIC_CELL_MAX;
    case 'timestamptz':
      return BIGINT_CELL + 4 + 2;
    case '"char"':
      return 4 + 1;
    case 'text':
      return 4 + field.size;
    default:
      return BIGINT_CELL;
  }
}

/** (record, at, h, g): writes the cells of some fields, and gives at, h and g. */
function fieldsFunction(
  module: ModuleBuilder,
  functions: CellFunctions,
  columns: readonly FieldColumns[],
): FunctionHandle {
  const name = `cells of ${columns[0]?.field.name ?? ''} to ${columns.at(-1)?.field.name ?? ''}`;
  return module.function(name, ['i32', 'i32', 'i32', 'i32'], ['i32', 'i32', 'i32'], (parameters, builder) => {
    const [record, at, h, g] = parameters as [Local, Local, Local, Local];
    const fields = new FieldCode(record, { at, h, g }, functions, builder);
    return sequence(...columns.map((column) => fields.write(column)), at.get, h.get, g.get);
  });
}

/** The loop over the records of a batch; gives the address behind the last tuple. */
function encodeFunction(
  module: ModuleBuilder,
  { bytes }: CellFunctions,
  groups: readonly FunctionHandle[],
  seeds: readonly number[],
): void {
  const [symbolSeed = 0, datasetSeed = 0, , ordinalSeed = 0] = seeds.slice(-IDENTITY_COLUMNS);
  const types = ENCODE_PARAMETERS.map((name) => (name === 'firstOrdinal' ? 'f64' : 'i32'));
  module.function(
    'encode',
    types,
    ['i32'],
    (parameters, builder) => {
      const given = Object.fromEntries(ENCODE_PARAMETERS.map((name, index) => [name, parameters[index]])) as Record<
        (typeof ENCODE_PARAMETERS)[number],
        Local
      >;
      const { count, offsets, records, verdicts, symbols, starts, cells, constant, constantSize, ordinals, out } =
        given;
      const [index, record, cell, cellEnd, h, g, first, second] = Array.from({ length: 8 }, () =>
        builder.local('i32'),
      ) as [Local, Local, Local, Local, Local, Local, Local, Local];
      const firstOrdinal = builder.local('i64');
      const ordinal = builder.local('i64');
      const state: RowState = { at: out, h, g };
      const row = new RowCode(state, builder);
      const of = (list: Local, at: Code): Code => i32.add(list.get, i32.shl(at, i32.const(2)));
      const copy = (from: Code, size: Code): Code => sequence(bytes.copy.call(from, out.get, size), row.advance(size));
      const hash = (seed: number, from: Code, end: Code): Code =>
        hashBytes(bytes, state, from, end, headCode(i32.const(seed), i32.sub(end, from)));
      const symbolStart = of(starts, i32.load(of(symbols, index.get)));
      const writeRow = sequence(
        record.set(i32.add(records.get, i32.load(of(offsets, index.get)))),
        i32.store8(out.get, i32.const(seeds.length >> 8)),
        i32.store8(out.get, i32.const(seeds.length & 0xff), 1),
        row.advance(i32.const(2)),
        row.start,
        ...groups.map((group) => assign([out, h, g], group.call(record.get, out.get, h.get, g.get))),
        cell.set(i32.add(cells.get, i32.load(symbolStart))),
        cellEnd.set(i32.add(cells.get, i32.load(symbolStart, 4))),
        copy(cell.get, i32.sub(cellEnd.get, cell.get)),
        hash(symbolSeed, i32.add(cell.get, i32.const(4)), cellEnd.get),
        copy(constant.get, constantSize.get),
        hash(
          datasetSeed,
          i32.add(constant.get, i32.const(4)),
          i32.sub(i32.add(constant.get, constantSize.get), i32.const(BIGINT_CELL)),
        ),
        ordinal.set(i64.add(firstOrdinal.get, i64.zeroExtend(i32.load(of(ordinals, index.get))))),
        row.bigint(ordinalSeed, ordinal),
        row.finish,
        first.set(i32.add(first.get, h.get)),
        second.set(i32.add(second.get, g.get)),
      );
      return sequence(
        firstOrdinal.set(i64.truncate(given.firstOrdinal.get)),
        doWhile(
          sequence(
            when(i32.not(i32.load8(i32.add(verdicts.get, index.get))), writeRow),
            index.set(i32.add(index.get, i32.const(1))),
          ),
          i32.below(index.get, count.get),
        ),
        i32.store(i32.const(SUMS_ADDRESS), first.get),
        i32.store(i32.const(SUMS_ADDRESS + 4), second.get),
        out.get,
      );
    },
    { exported: true },
  );
}
