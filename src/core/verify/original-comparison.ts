import { bindingOf } from '../compile/compiled-model.js';
import { createRowTransform } from '../compile/create-row-transform.js';
import { LENGTH_UNIT } from '../dbn/constants.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { RegisteredSchema } from '../registry/plugin-registry.js';
import type { RowTransform } from '../compile/row-transform.js';
import type { SymbolResolver } from '../symbology/symbol-resolver.js';
import type { HeldTuples } from './held-tuples.js';
import { NotStoredCount } from './not-stored.js';
import { differentCell, endOfCells } from './tuple-difference.js';
import { difference, type Difference } from './verify-report.js';
import type { LedgerChunk } from './verify-store.js';

/** Bytes in front of a tuple's cells, which say how many they are. */
const CELL_COUNT = 2;

/**
 * Compares the records of one schema in an original with what is held of its chunk, ordinal by ordinal. The original's
 * records are made into rows as if they were loaded, unchecked: what a plugin rejects today may have been a row before.
 */
export class OriginalComparison {
  /** The first, and the number of all that differ. */
  first: Difference | undefined;
  differing = 0;
  /** Records that are neither a row nor in quarantine; the ordinal of the first. */
  absent = 0;
  firstAbsent = -1;
  /** Rows whose record a hand-written mapper rejects today, so that there is nothing to compare them with. */
  uncompared = 0;
  readonly notStored: NotStoredCount;
  readonly #transform: RowTransform;

  constructor(
    private readonly schema: RegisteredSchema,
    private readonly chunk: LedgerChunk,
    private readonly held: HeldTuples,
    symbols: SymbolResolver,
  ) {
    const { version, dataset, chunkId } = chunk;
    this.#transform = createRowTransform({ schema, version, dataset, chunkId, symbols, unchecked: true });
    this.notStored = new NotStoredCount(bindingOf(schema.model, version).layout, schema.rtype);
  }

  async take(batch: RecordBatch): Promise<void> {
    const { held } = this;
    this.notStored.look(batch);
    const { tuples, rejections } = this.#transform.transform(batch);
    const source = Buffer.from(tuples.buffer, tuples.byteOffset, tuples.byteLength);
    const view = new DataView(tuples.buffer, tuples.byteOffset, tuples.byteLength);
    const columns = this.schema.table.columns.length;
    let rejected = 0;
    let at = CELL_COUNT;
    for (let index = 0; index < batch.count; index++) {
      const ordinal = batch.firstOrdinal + (batch.ordinals[index] as number);
      while (held.ordinal < ordinal) {
        if (held.ordinal >= 0) this.#extra();
        if (!held.step()) await held.load();
      }
      const hasTuple = rejections[rejected]?.ordinal !== ordinal;
      if (!hasTuple) rejected++;
      if (held.ordinal > ordinal) {
        if (this.absent++ === 0) this.firstAbsent = ordinal;
        if (hasTuple) at = endOfCells(view, at, columns) + CELL_COUNT;
        continue;
      }
      const record = held.record;
      if (record !== undefined) {
        this.#compareRecord(record, batch, index, ordinal);
        if (hasTuple) at = endOfCells(view, at, columns) + CELL_COUNT;
      } else if (!hasTuple) this.uncompared++;
      else at = this.#compareRow(source, view, at, ordinal) + CELL_COUNT;
      if (!held.step()) await held.load();
    }
  }

  /** Call at the end of the original: what is held beyond it is too much. */
  async finish(): Promise<void> {
    const { held } = this;
    while (held.ordinal !== Infinity) {
      if (held.ordinal >= 0) this.#extra();
      if (!held.step()) await held.load();
    }
  }

  /** Call when it is no longer needed. */
  close(): void {
    this.#transform.close();
  }

  /** @returns where the tuple of the original ends */
  #compareRow(source: Buffer, view: DataView, at: number, ordinal: number): number {
    const { held } = this;
    const { bytes, start, end } = held;
    const sourceEnd = at + end - start;
    if (sourceEnd <= source.length && source.compare(bytes, start, end, at, sourceEnd) === 0) return sourceEnd;
    const { columns } = this.schema.table;
    const cell = differentCell(columns, { bytes, at: start }, { bytes: source, at });
    if (cell !== undefined) {
      this.#note('value', ordinal, {
        column: cell.column,
        held: cell.held,
        expected: cell.source,
        message: `record ${ordinal}, column ${cell.column}: held is ${show(cell.held)}, the original has ${show(cell.source)}`,
      });
    }
    return endOfCells(view, at, columns.length);
  }

  #compareRecord(record: Uint8Array, batch: RecordBatch, index: number, ordinal: number): void {
    const offset = batch.offsets[index] as number;
    const size = (batch.bytes[offset] as number) * LENGTH_UNIT;
    const source = batch.bytes.subarray(offset, offset + size);
    const at = source.findIndex((byte, position) => byte !== record[position]);
    if (at === -1 && record.length === size) return;
    const position = at === -1 ? size : at;
    const [held, expected] = [byteText(record, position), byteText(source, position)];
    this.#note('value', ordinal, {
      held,
      expected,
      message: `quarantined record ${ordinal}, byte ${position}: held is ${show(held)}, the original has ${show(expected)}`,
    });
  }

  #extra(): void {
    const { ordinal } = this.held;
    const message = `something is held as record ${ordinal} that the original does not have there, or has once`;
    this.#note('row_extra', ordinal, { message });
  }

  #note(kind: 'value' | 'row_extra', ordinal: number, more: Partial<Difference> & { readonly message: string }): void {
    this.differing++;
    const { table } = this.schema;
    this.first ??= difference(kind, more.message, {
      ...more,
      chunk_id: this.chunk.chunkId,
      table: table.name,
      ordinal,
    });
  }
}

const byteText = (bytes: Uint8Array, at: number): string | null =>
  bytes[at] === undefined ? null : `0x${bytes[at].toString(16).padStart(2, '0')}`;

const show = (value: string | null): string => (value === null ? 'NULL' : `"${value}"`);
