import type { RecordBatch } from '../dbn/record-batch.js';
import { isRowValue } from '../model/checks/is-wire-value.js';
import { showValue } from '../model/checks/show-value.js';
import type { ModelField, TableSpec } from '../model/model-spec.js';
import { rejectedReasons, type MapperContext, type RowMapper } from '../plugin/row-mapper.js';
import type { Rejection, RejectionReason } from '../quarantine/rejection.js';
import type { SymbolFields } from '../symbology/symbol-resolver.js';
import { recordMinOf, rejectionOf, symbolFieldsOf } from './batch-rejections.js';
import { compiledModel, type CompiledModel } from './compiled-model.js';
import { CopyBuffer } from './copy-buffer.js';
import { materialise } from './materialise.js';
import { reasonsOf } from './rejection-reasons.js';
import { bigintCell, cellsOf, concat, textCell, type FieldValue } from './row-encoder.js';
import type { RowTransform, RowTransformOptions, TransformedBatch } from './row-transform.js';
import { structuralReasons, tooShort } from './structural-reasons.js';

type Row = Readonly<Record<string, FieldValue>>;

/** The slow path: a plugin's own mapper, called with an instance of the model for every record. */
export class MappedTransform implements RowTransform {
  readonly table: TableSpec;
  readonly #options: RowTransformOptions;
  readonly #mapper: RowMapper;
  readonly #compiled: CompiledModel;
  readonly #symbolFields: SymbolFields;
  readonly #head: Uint8Array;
  readonly #constant: Uint8Array;
  readonly #buffer = new CopyBuffer();

  constructor(options: RowTransformOptions, mapper: RowMapper) {
    const { schema, version, dataset, chunkId } = options;
    this.table = schema.table;
    this.#options = options;
    this.#mapper = mapper;
    this.#compiled = compiledModel(schema.model, version, schema.plugin.validation);
    this.#symbolFields = symbolFieldsOf(schema, this.#compiled.binding);
    this.#head = Uint8Array.of(schema.table.columns.length >> 8, schema.table.columns.length & 0xff);
    this.#constant = concat([textCell(dataset), bigintCell(BigInt(chunkId))]);
  }

  transform(batch: RecordBatch): TransformedBatch {
    const { schema, symbols } = this.#options;
    const rejections: Rejection[] = [];
    const rows: (Row | undefined)[] = [];
    const verdicts = new Uint8Array(batch.count);
    for (let index = 0; index < batch.count; index++) {
      const mapped = this.#map(batch, index);
      rows.push('row' in mapped ? mapped.row : undefined);
      if ('row' in mapped) continue;
      verdicts[index] = 1;
      rejections.push(rejectionOf(schema, batch, index, this.#symbolFields.indexTimestampOffset, mapped.reasons));
    }
    const cells = new Int32Array(batch.count);
    symbols.resolve(batch, this.#symbolFields, verdicts, cells);
    let end = 0;
    rows.forEach((row, index) => {
      if (row !== undefined) end = this.#append(end, row, cells[index] as number, batch, index);
    });
    return { tuples: this.#buffer.bytes.subarray(0, end), rows: batch.count - rejections.length, rejections };
  }

  #append(end: number, row: Row, cell: number, batch: RecordBatch, index: number): number {
    const { cells } = this.#options.symbols;
    const ordinal = BigInt(batch.firstOrdinal + (batch.ordinals[index] as number));
    const tuple = concat([
      this.#head,
      ...this.#options.schema.model.fields.map((field) => cellsOf(field, row[field.name] ?? null)),
      cells.bytes.subarray(cells.starts[cell], cells.starts[cell + 1]),
      this.#constant,
      bigintCell(ordinal),
    ]);
    this.#buffer.reserve(end + tuple.length, end);
    this.#buffer.bytes.set(tuple, end);
    return end + tuple.length;
  }

  #map(batch: RecordBatch, index: number): { row: Row } | { reasons: readonly RejectionReason[] } {
    const { binding } = this.#compiled;
    const { schema } = this.#options;
    const offset = batch.offsets[index] as number;
    const short = tooShort(batch.bytes, offset, recordMinOf(binding, batch));
    if (short !== undefined) return { reasons: [short] };
    const record = materialise(schema.model, binding, batch.view, offset);
    const broken = structuralReasons(schema.model, binding, batch.bytes, offset, record);
    if (broken.length > 0) return { reasons: broken };
    let mapped: object;
    try {
      mapped = this.#mapper.map(record, this.#context(batch, index));
      if (typeof mapped !== 'object' || mapped === null) throw new TypeError('it gave no object');
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        reasons: [{ code: 'mapper-failed', field: null, message: `the mapper of "${schema.name}" failed: ${why}` }],
      };
    }
    const rejected = rejectedReasons(mapped);
    if (rejected !== undefined) return { reasons: rejected };
    const row = schema.plugin.validation.instantiate(schema.model.cls, mapped);
    const reasons = this.#rowReasons(row);
    return reasons.length > 0 ? { reasons } : { row: row as Row };
  }

  #rowReasons(row: object): RejectionReason[] {
    const { plugin, model } = this.#options.schema;
    const said = reasonsOf(plugin.validation.validate(row), this.#compiled.entries);
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
