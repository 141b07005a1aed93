import { materialise } from '../core/compile/materialise.js';
import { createRowTransform } from '../core/compile/create-row-transform.js';
import type { TransformedBatch } from '../core/compile/row-transform.js';
import { structuralReasons } from '../core/compile/structural-reasons.js';
import { encodeRecord, readField, type RecordInput } from '../core/dbn/index.js';
import type { DbnVersion } from '../core/dbn/layout/record-layout.js';
import type { BoundField, ModelBinding } from '../core/model/model-spec.js';
import { WIRE_TYPES } from '../core/model/wire-types.js';
import { defineSchemaPlugin } from '../core/plugin/define-schema-plugin.js';
import type { SchemaPlugin } from '../core/plugin/schema-plugin.js';
import { PluginRegistry, type RegisteredSchema } from '../core/registry/plugin-registry.js';
import { SymbolResolver } from '../core/symbology/symbol-resolver.js';
import { formatPrice } from '../core/text/format-price.js';
import { batchOf } from './batch-of.js';
import { edgeRecords, plausibleValues, seededRandom } from './sample-records.js';
import type { TestRunner } from './test-runner.js';
import { readTuples, type CellValue } from './tuple-reader.js';

export interface SchemaPluginSuiteOptions extends TestRunner {
  /** Values of a record that the plugin accepts, by wire name, where its checks refuse the suite's plausible ones. */
  readonly sample?: (version: DbnVersion) => RecordInput;
}

const CHUNK_ID = Number.MAX_SAFE_INTEGER - 1;
const FIRST_ORDINAL = 5_000_000_000;
const RANDOM_RECORDS = 300;

/**
 * What every schema plugin must pass: in each DBN version its records become rows that hold the very values of the
 * wire, what cannot be a row is rejected with its bytes and a reason, and fast path, slow path and `validateSync`
 * agree. Depends on no test runner: it takes `{ describe, it }`.
 */
export function describeSchemaPlugin(plugin: SchemaPlugin, options: SchemaPluginSuiteOptions): void {
  const { describe, it } = options;
  describe(`schema plugin "${plugin.name}"`, () => {
    it('is taken in by a registry', () => {
      same(registered(plugin).length, plugin.schemas.length, 'schemas');
    });
    for (const schema of registered(plugin)) {
      for (const [version, binding] of schema.model.bindings) {
        describe(`schema "${schema.name}", DBN version ${version}`, () => {
          const subject = new Subject(schema, binding, options.sample?.(version));
          it('turns sampled records into rows that hold the values of the wire', () =>
            subject.roundTrip(subject.samples()));
          it('turns edge records into rows or rejections, never into something else', () =>
            subject.roundTrip(subject.edges()));
          it('rejects a record whose index timestamp is undefined', () => subject.rejectsUndefinedIndexTimestamp());
          it('writes NULL for what the format calls undefined', () => subject.writesNulls());
          it('accepts what validateSync accepts, and nothing else', () => subject.agreesWithValidateSync());
          it('gives the same rows and rejections on the slow path', () => subject.slowPathAgrees());
          it('keeps the ts_out trailer of what it rejects', () => subject.keepsTrailer());
        });
      }
    }
  });
}

function registered(plugin: SchemaPlugin): RegisteredSchema[] {
  const registry = new PluginRegistry();
  registry.register(plugin, 'the suite');
  return registry.list();
}

/** One schema in one DBN version, under test. */
class Subject {
  readonly #schema: RegisteredSchema;
  readonly #binding: ModelBinding;
  readonly #sample: RecordInput;
  readonly #base: RecordInput;

  constructor(schema: RegisteredSchema, binding: ModelBinding, sample: RecordInput = {}) {
    this.#schema = schema;
    this.#binding = binding;
    this.#sample = sample;
    this.#base = { ...this.#plausible(1), ...sample, rtype: schema.rtype };
  }

  samples(): Uint8Array[] {
    return Array.from({ length: RANDOM_RECORDS }, (_, index) =>
      encodeRecord(this.#binding.layout, { ...this.#plausible(index + 2), ...this.#sample, rtype: this.#schema.rtype }),
    );
  }

  edges(): Uint8Array[] {
    return edgeRecords(this.#binding, this.#base).map(({ bytes }) => bytes);
  }

  roundTrip(records: readonly Uint8Array[]): void {
    const result = this.#transform(records);
    same(result.rows + result.rejections.length, records.length, 'rows and rejections');
    const rejected = new Map(result.rejections.map((rejection) => [rejection.ordinal - FIRST_ORDINAL, rejection]));
    const rows = readTuples(result.tuples, this.#schema.table.columns);
    same(rows.length, result.rows, 'tuples');
    const base = this.#transform([encodeRecord(this.#binding.layout, this.#base)]);
    same(
      base.rejections.flatMap(({ reasons }) => reasons.map(({ message }) => message)).join('; '),
      '',
      'reasons against the sample',
    );
    records.forEach((bytes, ordinal) => {
      const rejection = rejected.get(ordinal);
      if (rejection === undefined) return sameRow(rows.shift() ?? {}, this.#expected(bytes, ordinal));
      same(hex(rejection.bytes), hex(bytes), `bytes of rejection ${ordinal}`);
      if (rejection.reasons.length === 0) throw new Error(`rejection ${ordinal} has no reason`);
    });
  }

  rejectsUndefinedIndexTimestamp(): void {
    const { indexTimestamp } = this.#schema.model;
    const bytes = encodeRecord(this.#binding.layout, {
      ...this.#base,
      [this.#wireName(indexTimestamp)]: (1n << 64n) - 1n,
    });
    const { rejections } = this.#transform([bytes]);
    same(rejections[0]?.reasons[0]?.code, 'timestamp-undefined', 'code');
    same(rejections[0]?.indexTimestamp, null, 'index timestamp');
  }

  writesNulls(): void {
    for (const { field, wire } of this.#binding.fields) {
      if (wire?.undef === undefined || field.name === this.#schema.model.indexTimestamp) continue;
      const { tuples, rejections } = this.#transform([
        encodeRecord(this.#binding.layout, { ...this.#base, [wire.name]: wire.undef }),
      ]);
      // a plugin may refuse an undefined value; then there is no row to hold it
      if (rejections.length > 0) continue;
      const [row] = readTuples(tuples, this.#schema.table.columns);
      for (const column of field.columns) same(row?.[column.name], null, column.name);
    }
  }

  agreesWithValidateSync(): void {
    const { model, plugin } = this.#schema;
    if (plugin.mapper !== null) return;
    const records = [...this.samples(), ...this.edges()];
    const rejected = new Set(this.#transform(records).rejections.map(({ ordinal }) => ordinal - FIRST_ORDINAL));
    records.forEach((bytes, ordinal) => {
      const instance = materialise(model, this.#binding, new DataView(bytes.buffer), 0);
      const fails = plugin.validation.validate(instance).length > 0;
      const structural = structuralReasons(model, this.#binding, bytes, 0, instance).length > 0;
      same(rejected.has(ordinal), fails || structural, `record ${ordinal} rejected`);
    });
  }

  slowPathAgrees(): void {
    const { plugin } = this.#schema;
    if (plugin.mapper !== null) return;
    const slow = defineSchemaPlugin({ ...plugin, apiVersion: 1, mapper: { map: (record) => record } });
    const twin = registered(slow).find((schema) => schema.name === this.#schema.name) as RegisteredSchema;
    const records = [...this.samples(), ...this.edges()];
    const fast = this.#transform(records);
    const ordinals = (result: TransformedBatch): string => result.rejections.map(({ ordinal }) => ordinal).join(' ');
    for (const plain of [false, true]) {
      const mapped = this.#transform(records, twin, false, plain);
      const which = plain ? 'value by value' : 'written back';
      same(hex(mapped.tuples), hex(fast.tuples), `tuples of a mapper's rows, ${which}`);
      same(ordinals(mapped), ordinals(fast), `rejections of a mapper's rows, ${which}`);
    }
  }

  keepsTrailer(): void {
    const { indexTimestamp } = this.#schema.model;
    const values = { ...this.#base, [this.#wireName(indexTimestamp)]: (1n << 64n) - 1n };
    const bytes = encodeRecord(this.#binding.layout, values, { tsOut: 1_609_160_400_000_000_001n });
    const { rejections } = this.#transform([bytes], this.#schema, true);
    same(hex(rejections[0]?.bytes ?? new Uint8Array()), hex(bytes), 'bytes of the rejection');
  }

  #plausible(seed: number): Record<string, string | number | bigint> {
    const values = plausibleValues(this.#binding, this.#schema.rtype, seededRandom(seed * 7919));
    // computed by the encoder
    delete values.length;
    return values;
  }

  #wireName(name: string): string {
    return this.#schema.model.fields.find((field) => field.name === name)?.wire ?? name;
  }

  #transform(records: readonly Uint8Array[], schema = this.#schema, tsOut = false, plain = false): TransformedBatch {
    const { version, layout } = this.#binding;
    const symbols = new SymbolResolver('TEST.DATASET', null);
    const chunk = { version, dataset: 'TEST.DATASET', chunkId: CHUNK_ID, symbols };
    const transform = createRowTransform({ schema, ...chunk, plain });
    return transform.transform(
      batchOf(records, { layout, version, rtype: schema.rtype, tsOut, firstOrdinal: FIRST_ORDINAL }),
    );
  }

  /** What the row must hold, worked out from the codec's own reading of the record. */
  #expected(bytes: Uint8Array, ordinal: number): Record<string, CellValue> {
    const view = new DataView(bytes.buffer);
    const row: Record<string, CellValue> = {};
    for (const bound of this.#binding.fields) Object.assign(row, expectedCells(bound, bytes, view));
    const own = this.#schema.model.symbol === null ? '' : row[this.#schema.model.symbol];
    const id = view.getUint32(4, true);
    const symbol =
      own === '' || own === null || own === undefined ? (id === 0 ? 'UNKNOWN_SYMBOL' : `INSTRUMENT_${id}`) : own;
    return {
      ...row,
      symbol,
      dataset: 'TEST.DATASET',
      chunk_id: BigInt(CHUNK_ID),
      ordinal: BigInt(FIRST_ORDINAL + ordinal),
    };
  }
}

function expectedCells({ field, wire }: BoundField, bytes: Uint8Array, view: DataView): Record<string, CellValue> {
  const { name, type } = field;
  const names = field.columns.map((column) => column.name);
  const nulls = Object.fromEntries(names.map((column) => [column, null]));
  if (wire === null) {
    if (field.absent === null) return nulls;
    return { [name]: typeof field.absent === 'string' ? field.absent : BigInt(field.absent) };
  }
  if (WIRE_TYPES[type].kind === 'text') {
    const text = bytes.subarray(wire.offset, wire.offset + wire.size);
    const end = text.indexOf(0);
    return { [name]: new TextDecoder('utf-8', { ignoreBOM: true }).decode(end === -1 ? text : text.subarray(0, end)) };
  }
  const raw = readField(wire, view, 0);
  if (type === 'char') return { [name]: raw === '' ? null : String(raw) };
  const number = BigInt(raw);
  if (wire.undef === number) return nulls;
  if (type === 'timestamp') return { [name]: number / 1000n, [`${name}_ns`]: number % 1000n };
  if (type === 'price') return { [name]: formatPrice(number) };
  return { [name]: field.numericColumn ? number.toString() : number };
}

function sameRow(found: Record<string, CellValue>, expected: Record<string, CellValue>): void {
  for (const name of new Set([...Object.keys(expected), ...Object.keys(found)]))
    same(found[name], expected[name], name);
}

function same(found: unknown, expected: unknown, what: string): void {
  if (!Object.is(found, expected)) throw new Error(`${what}: expected "${String(expected)}", found "${String(found)}"`);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
