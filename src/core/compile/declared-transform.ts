import { Digest } from '../digest/digest.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { TableSpec } from '../model/model-spec.js';
import type { Rejection, RejectionReason } from '../quarantine/rejection.js';
import type { SymbolFields } from '../symbology/symbol-resolver.js';
import { recordMinOf, rejectionOf, symbolFieldsOf } from './batch-rejections.js';
import { compiledModel, type CompiledModel } from './compiled-model.js';
import { CopyBuffer } from './copy-buffer.js';
import { ENCODER_SLACK, type CompiledEncoder } from './compile-encoder.js';
import { materialise } from './materialise.js';
import { reasonsOf } from './rejection-reasons.js';
import { bigintCell, concat, textCell } from './row-encoder.js';
import type { RowTransform, RowTransformOptions, TransformedBatch } from './row-transform.js';
import { joinReasons, structuralReasons, tooShort } from './structural-reasons.js';

/** The fast path: everything the declaration says, compiled. */
export class DeclaredTransform implements RowTransform {
  readonly table: TableSpec;
  readonly #options: RowTransformOptions;
  readonly #compiled: CompiledModel;
  readonly #encoder: CompiledEncoder;
  readonly #symbolFields: SymbolFields;
  readonly #constant: Uint8Array;
  readonly #buffer = new CopyBuffer();
  #verdicts = new Uint8Array(0);
  #symbols = new Int32Array(0);

  constructor(options: RowTransformOptions) {
    const { schema, version, dataset, chunkId } = options;
    this.table = schema.table;
    this.#options = options;
    this.#compiled = compiledModel(schema.model, version, schema.plugin.validation);
    this.#encoder = this.#compiled.encoderOf(this.table);
    this.#symbolFields = symbolFieldsOf(schema, this.#compiled.binding);
    this.#constant = concat([textCell(dataset), bigintCell(BigInt(chunkId)), new Uint8Array(ENCODER_SLACK)]);
  }

  transform(batch: RecordBatch): TransformedBatch {
    const { count } = batch;
    if (count > this.#verdicts.length) {
      this.#verdicts = new Uint8Array(count * 2);
      this.#symbols = new Int32Array(count * 2);
    }
    const verdicts = this.#verdicts.fill(0, 0, count);
    const rejections = this.#check(batch, verdicts);
    const { symbols } = this.#options;
    const symbolBytes = symbols.resolve(batch, this.#symbolFields, verdicts, this.#symbols);
    const rows = count - rejections.length;
    const constantSize = this.#constant.length - ENCODER_SLACK;
    this.#buffer.reserve(rows * (this.#encoder.tupleMax + constantSize) + symbolBytes + ENCODER_SLACK);
    const input = {
      batch,
      verdicts,
      symbols: this.#symbols,
      cells: symbols.cells,
      constant: this.#constant,
      constantSize,
    };
    const digest = new Digest();
    const end = this.#encoder.encode(input, this.#buffer.bytes, this.#buffer.view, digest);
    return {
      tuples: this.#buffer.bytes.subarray(0, end),
      rows,
      rejections,
      ...(this.#encoder.digests ? { digest } : {}),
    };
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
    const said = reasonsOf(plugin.validation.validate(instance), entries);
    const structural = structuralReasons(model, binding, batch.bytes, offset, instance);
    return joinReasons(said, structural);
  }
}
