import type { RecordBatch } from '../dbn/record-batch.js';
import type { TableSpec } from '../model/model-spec.js';
import type { Rejection, RejectionReason } from '../quarantine/rejection.js';
import type { SymbolFields } from '../symbology/symbol-resolver.js';
import { recordMinOf, rejectionOf, symbolFieldsOf } from './batch-rejections.js';
import { compiledModel, type CompiledModel } from './compiled-model.js';
import { TupleEncoder } from './encoder/tuple-encoder.js';
import { materialise } from './materialise.js';
import { checkedBy } from './rejection-reasons.js';
import { bigintCell, concat, textCell } from './row-encoder.js';
import type { RowTransform, RowTransformOptions, TransformedBatch } from './row-transform.js';
import { joinReasons, structuralReasons, tooShort } from './structural-reasons.js';

/** The fast path: everything the declaration says, compiled. */
export class DeclaredTransform implements RowTransform {
  readonly table: TableSpec;
  readonly #options: RowTransformOptions;
  readonly #compiled: CompiledModel;
  readonly #encoder: TupleEncoder;
  readonly #symbolFields: SymbolFields;
  #verdicts = new Uint8Array(0);
  #symbols = new Int32Array(0);

  constructor(options: RowTransformOptions) {
    const { schema, version, dataset, chunkId, symbols } = options;
    this.table = schema.table;
    this.#options = options;
    this.#compiled = compiledModel(schema.model, version, schema.plugin.validation);
    this.#symbolFields = symbolFieldsOf(schema, this.#compiled.binding);
    const constant = concat([textCell(dataset), bigintCell(BigInt(chunkId))]);
    this.#encoder = new TupleEncoder(this.#compiled.encoderOf(this.table), constant, symbols.cells);
  }

  transform(batch: RecordBatch): TransformedBatch {
    const { count } = batch;
    if (count > this.#verdicts.length) {
      this.#verdicts = new Uint8Array(count * 2);
      this.#symbols = new Int32Array(count * 2);
    }
    const verdicts = this.#verdicts.fill(0, 0, count);
    const rejections = this.#check(batch, verdicts);
    const symbols = this.#symbols;
    const symbolBytes = this.#options.symbols.resolve(batch, this.#symbolFields, verdicts, symbols);
    const rows = count - rejections.length;
    return { ...this.#encoder.encode({ batch, verdicts, symbols, rows, symbolBytes }), rows, rejections };
  }

  close(): void {
    this.#encoder.release();
  }

  #check(batch: RecordBatch, verdicts: Uint8Array): Rejection[] {
    if (this.#options.unchecked === true) return this.#checkLengths(batch, verdicts);
    const { check, partial, binding } = this.#compiled;
    const rejected = check(batch, recordMinOf(binding, batch), verdicts);
    if (rejected === 0 && !partial) return [];
    const rejections: Rejection[] = [];
    for (let index = 0; index < batch.count; index++) {
      if (verdicts[index] === 0 && !partial) continue;
      const reasons = this.#reasons(batch, batch.offsets[index] as number);
      // validateSync and the columns are the truth: what both accept is a row, whatever the compiled check said
      verdicts[index] = reasons.length === 0 ? 0 : 1;
      if (reasons.length === 0) continue;
      rejections.push(
        rejectionOf(this.#options.schema, batch, index, this.#symbolFields.indexTimestampOffset, reasons),
      );
    }
    return rejections;
  }

  #checkLengths(batch: RecordBatch, verdicts: Uint8Array): Rejection[] {
    const recordMin = recordMinOf(this.#compiled.binding, batch);
    const rejections: Rejection[] = [];
    for (let index = 0; index < batch.count; index++) {
      const short = tooShort(batch.bytes, batch.offsets[index] as number, recordMin);
      if (short === undefined) continue;
      verdicts[index] = 1;
      const { indexTimestampOffset } = this.#symbolFields;
      rejections.push(rejectionOf(this.#options.schema, batch, index, indexTimestampOffset, [short]));
    }
    return rejections;
  }

  #reasons(batch: RecordBatch, offset: number): readonly RejectionReason[] {
    const { binding, entries } = this.#compiled;
    const { model, plugin } = this.#options.schema;
    const short = tooShort(batch.bytes, offset, recordMinOf(binding, batch));
    if (short !== undefined) return [short];
    const instance = materialise(model, binding, batch.view, offset);
    const said = checkedBy(plugin.validation, instance, entries);
    const structural = structuralReasons(model, binding, batch.bytes, offset, instance);
    return joinReasons(said, structural);
  }
}
