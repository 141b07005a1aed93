import type { RecordBatch } from '../dbn/record-batch.js';
import { isRowValue } from '../model/checks/is-wire-value.js';
import { showValue } from '../model/checks/show-value.js';
import type { ModelField, TableSpec } from '../model/model-spec.js';
import { rejectedReasons, type MapperContext, type RowMapper } from '../plugin/row-mapper.js';
import type { RejectionReason } from '../quarantine/rejection.js';
import type { SymbolFields } from '../symbology/symbol-resolver.js';
import { recordMinOf, rejectionOf, symbolFieldsOf } from './batch-rejections.js';
import { compiledMapping, type CompiledMapping } from './compiled-mapping.js';
import { compiledModel, type CompiledModel } from './compiled-model.js';
import { CopyBuffer } from './copy-buffer.js';
import { TupleEncoder, type EncodedRows } from './encoder/tuple-encoder.js';
import { checkedBy, whyOf } from './rejection-reasons.js';
import { bigintCell, cellsOf, concat, textCell, type FieldValue } from './row-encoder.js';
import type { RowTransform, RowTransformOptions, TransformedBatch } from './row-transform.js';
import { structuralReasons, tooShort } from './structural-reasons.js';

type Row = Readonly<Record<string, FieldValue>>;

/** What became of a record: a row that was written back as a record, one that is encoded as it is, or none. */
type Mapped = { readonly written: true } | { readonly row: Row } | { readonly reasons: readonly RejectionReason[] };

/** The rows of a batch that were written back, and what they are encoded with. */
interface WrittenRows {
  readonly written: RecordBatch;
  /** 1 for records that are no rows. */
  readonly verdicts: Uint8Array;
  readonly symbols: Int32Array;
  readonly symbolBytes: number;
}

/**
 * The path of a plugin's own mapper, called with an instance of the model for every record. The row that it gives is
 * written back as a record, checked and encoded by the compiled code, where that says the same; where it might not, the
 * row is checked and encoded value by value, which is slow.
 */
export class MappedTransform implements RowTransform {
  readonly table: TableSpec;
  readonly #options: RowTransformOptions;
  readonly #mapper: RowMapper;
  readonly #compiled: CompiledModel;
  readonly #mapping: CompiledMapping;
  readonly #encoder: TupleEncoder;
  readonly #symbolFields: SymbolFields;
  readonly #head: Uint8Array;
  readonly #constant: Uint8Array;
  readonly #buffer = new CopyBuffer();
  /** The rows of a batch as records, one place for each record of the batch. */
  readonly #records = new CopyBuffer();

  constructor(options: RowTransformOptions, mapper: RowMapper) {
    const { schema, version, dataset, chunkId, symbols } = options;
    this.table = schema.table;
    this.#options = options;
    this.#mapper = mapper;
    this.#compiled = compiledModel(schema.model, version, schema.plugin.validation);
    this.#mapping = compiledMapping(schema.model, this.#compiled.binding, schema.plugin.validation);
    this.#symbolFields = symbolFieldsOf(schema, this.#compiled.binding);
    this.#head = Uint8Array.of(schema.table.columns.length >> 8, schema.table.columns.length & 0xff);
    this.#constant = concat([textCell(dataset), bigintCell(BigInt(chunkId))]);
    this.#encoder = new TupleEncoder(this.#compiled.encoderOf(this.table), this.#constant, symbols.cells);
  }

  transform(batch: RecordBatch): TransformedBatch {
    const { count } = batch;
    const written = this.#writtenBatch(batch);
    const mapped = Array.from({ length: count }, (_, index) => this.#map(batch, index, written));
    this.#judge(mapped, written);
    const verdicts = Uint8Array.from(mapped, (each) => ('reasons' in each ? 1 : 0));
    const symbols = new Int32Array(count);
    const symbolBytes = this.#options.symbols.resolve(batch, this.#symbolFields, verdicts, symbols);
    const { indexTimestampOffset } = this.#symbolFields;
    const rejections = mapped.flatMap((each, index) =>
      'reasons' in each ? [rejectionOf(this.#options.schema, batch, index, indexTimestampOffset, each.reasons)] : [],
    );
    const rows = count - rejections.length;
    const slice = { written, verdicts, symbols, symbolBytes };
    if (!mapped.some((each) => 'row' in each)) return { ...this.#encode(slice, 0, count), rows, rejections };
    // rows that are encoded value by value are in no digest
    let end = 0;
    let from = 0;
    for (const [index, each] of mapped.entries()) {
      if (!('row' in each)) continue;
      end = this.#append(end, this.#encode(slice, from, index).tuples);
      end = this.#append(end, this.#plainTuple(each.row, symbols[index] as number, batch, index));
      from = index + 1;
    }
    end = this.#append(end, this.#encode(slice, from, count).tuples);
    return { tuples: this.#buffer.bytes.subarray(0, end), rows, rejections };
  }

  close(): void {
    this.#encoder.release();
  }

  /** Room for all rows of a batch, written back. */
  #writtenBatch(batch: RecordBatch): RecordBatch {
    const { size } = this.#compiled.binding.layout;
    this.#records.reserve(batch.count * size);
    const offsets = Uint32Array.from({ length: batch.count }, (_, index) => index * size);
    return { ...batch, bytes: this.#records.bytes, view: this.#records.view, offsets, tsOut: false };
  }

  /**
   * Looks closer at the rows that the compiled check refuses, and at all where it does not know every validator: at what
   * was written, for a mapper may have given the same object for every record.
   */
  #judge(mapped: Mapped[], written: RecordBatch): void {
    const { check, partial, binding } = this.#compiled;
    const refused = new Uint8Array(written.count);
    if (check(written, binding.layout.size, refused) === 0 && !partial) return;
    for (const [index, each] of mapped.entries()) {
      if (!('written' in each) || (!partial && refused[index] === 0)) continue;
      mapped[index] = this.#plainly(this.#mapping.instanceAt(written, written.offsets[index] as number), each);
    }
  }

  /** Encodes the rows in these places that were written back. */
  #encode({ written, verdicts, symbols, symbolBytes }: WrittenRows, from: number, to: number): EncodedRows {
    const batch = {
      ...written,
      count: to - from,
      offsets: written.offsets.subarray(from, to),
      ordinals: written.ordinals.subarray(from, to),
    };
    const rows = verdicts.subarray(from, to).reduce((sum, verdict) => sum + (verdict === 0 ? 1 : 0), 0);
    return this.#encoder.encode({
      batch,
      verdicts: verdicts.subarray(from, to),
      symbols: symbols.subarray(from, to),
      rows,
      symbolBytes,
    });
  }

  #plainTuple(row: Row, cell: number, batch: RecordBatch, index: number): Uint8Array {
    const { cells } = this.#options.symbols;
    const ordinal = BigInt(batch.firstOrdinal + (batch.ordinals[index] as number));
    return concat([
      this.#head,
      ...this.#options.schema.model.fields.map((field) => cellsOf(field, row[field.name] ?? null)),
      cells.bytes.subarray(cells.starts[cell], cells.starts[cell + 1]),
      this.#constant,
      bigintCell(ordinal),
    ]);
  }

  #append(end: number, tuples: Uint8Array): number {
    this.#buffer.reserve(end + tuples.length, end);
    this.#buffer.bytes.set(tuples, end);
    return end + tuples.length;
  }

  #map(batch: RecordBatch, index: number, written: RecordBatch): Mapped {
    const { binding } = this.#compiled;
    const { schema } = this.#options;
    const offset = batch.offsets[index] as number;
    const short = tooShort(batch.bytes, offset, recordMinOf(binding, batch));
    if (short !== undefined) return { reasons: [short] };
    const record = this.#mapping.instanceAt(batch, offset);
    if (!this.#mapping.isSound(batch, offset)) {
      const broken = structuralReasons(schema.model, binding, batch.bytes, offset, record);
      if (broken.length > 0) return { reasons: broken };
    }
    let given: object;
    try {
      given = this.#mapper.map(record, this.#context(batch, index));
      if (typeof given !== 'object' || given === null) throw new TypeError('it gave no object');
      if (typeof (given as { then?: unknown }).then === 'function')
        throw new TypeError('it gave a promise, and a row is needed at once');
    } catch (error) {
      return this.#mapperFailed(error);
    }
    const rejected = rejectedReasons(given);
    if (rejected !== undefined) return { reasons: rejected };
    const at = written.offsets[index] as number;
    const isWritten = this.#options.plain !== true && this.#mapping.write(given, written.bytes, written.view, at);
    return isWritten ? { written: true } : this.#plainly(given);
  }

  /** Checks a row with validateSync. @param accepted what it is when nothing is wrong with it */
  #plainly(given: object, accepted?: Mapped): Mapped {
    const { schema } = this.#options;
    let row: object;
    try {
      row = schema.plugin.validation.instantiate(schema.model.cls, given);
    } catch (error) {
      return this.#mapperFailed(error);
    }
    const reasons = this.#rowReasons(row);
    return reasons.length > 0 ? { reasons } : (accepted ?? { row: row as Row });
  }

  #mapperFailed(error: unknown): { readonly reasons: readonly RejectionReason[] } {
    const message = `the mapper of "${this.#options.schema.name}" failed: ${whyOf(error)}`;
    return { reasons: [{ code: 'mapper-failed', field: null, message }] };
  }

  #rowReasons(row: object): RejectionReason[] {
    const { plugin, model } = this.#options.schema;
    const said = checkedBy(plugin.validation, row, this.#compiled.entries);
    const unsaid = model.fields.filter(
      (field) => !isRowValue(field, (row as Row)[field.name]) && said.every((reason) => reason.field !== field.name),
    );
    return [...said, ...unsaid.map((field) => misfit(field, (row as Row)[field.name]))];
  }

  #context(batch: RecordBatch, index: number): MapperContext {
    const { schema, dataset, version, symbols } = this.#options;
    return {
      dataset,
      schema: schema.name,
      version,
      ordinal: batch.firstOrdinal + (batch.ordinals[index] as number),
      symbolOf: () => symbols.symbolOf(batch, this.#symbolFields, index),
    };
  }
}

function misfit(field: ModelField, value: unknown): RejectionReason {
  return {
    code: value === null || value === undefined ? 'value-missing' : 'value-out-of-range',
    field: field.name,
    message: `${field.name} must be a value that its column holds, found ${showValue(value, field.type)}`,
  };
}
