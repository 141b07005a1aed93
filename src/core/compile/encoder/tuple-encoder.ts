import { Digest } from '../../digest/digest.js';
import { TickloomError } from '../../errors/index.js';
import type { RecordBatch } from '../../dbn/record-batch.js';
import type { SymbolCells } from '../../symbology/symbol-cells.js';
import { ENCODER_SLACK, SUMS_ADDRESS, type CompiledEncoder } from './compile-encoder.js';
import { EncoderMemory } from './encoder-memory.js';

/** Records of a batch that become rows. */
export interface RowsToEncode {
  readonly batch: RecordBatch;
  /** 0 for records that become rows. */
  readonly verdicts: Uint8Array;
  /** For each record the index of its symbol's cell. */
  readonly symbols: Int32Array;
  /** How many become rows. */
  readonly rows: number;
  /** Bytes of their symbols' cells together. */
  readonly symbolBytes: number;
}

/** Binary COPY tuples and their digest. */
export interface EncodedRows {
  /** Valid until the next call. */
  readonly tuples: Uint8Array;
  readonly digest: Digest;
}

type Encode = (...parameters: number[]) => number;

/** Behind the sums. */
const FIRST_ADDRESS = SUMS_ADDRESS + 8;

/** Runs a compiled encoder for one chunk. */
export class TupleEncoder {
  readonly #compiled: CompiledEncoder;
  readonly #constantSize: number;
  readonly #cells: CellsInMemory;
  #memory: EncoderMemory | undefined;
  readonly #encode: Encode;

  /**
   * @param constant the cells of dataset and chunk id
   * @param cells of symbols
   */
  constructor(compiled: CompiledEncoder, constant: Uint8Array, cells: SymbolCells) {
    this.#compiled = compiled;
    this.#constantSize = constant.length;
    const memory = EncoderMemory.take();
    this.#memory = memory;
    const { exports } = new WebAssembly.Instance(compiled.module, { env: { memory: memory.memory } });
    this.#encode = exports['encode'] as Encode;
    this.#cells = new CellsInMemory(memory, cells, aligned(FIRST_ADDRESS + constant.length + ENCODER_SLACK));
    memory.reserve(this.#cells.address);
    memory.bytes.set(constant, FIRST_ADDRESS);
  }

  encode({ batch, verdicts, symbols, rows, symbolBytes }: RowsToEncode): EncodedRows {
    const digest = new Digest();
    const memory = this.#memory;
    if (memory === undefined)
      throw new TickloomError('INVARIANT', 'rows were asked of an encoder that gave its memory back');
    if (rows === 0) return { tuples: new Uint8Array(0), digest };
    const { recordSize, tupleMax } = this.#compiled;
    const { count, offsets, ordinals, bytes, firstOrdinal } = batch;
    const from = offsets[0] as number;
    this.#cells.update();
    const parts = [
      bytes.subarray(from, (offsets[count - 1] as number) + recordSize),
      bytesOf(offsets.subarray(0, count)),
      bytesOf(ordinals.subarray(0, count)),
      bytesOf(symbols.subarray(0, count)),
      verdicts.subarray(0, count),
    ];
    let end = this.#cells.end;
    const addresses = parts.map((part) => {
      const address = end;
      end = aligned(end + part.length + ENCODER_SLACK);
      return address;
    });
    memory.reserve(end + rows * (tupleMax + this.#constantSize) + symbolBytes + ENCODER_SLACK);
    const room = memory.bytes;
    parts.forEach((part, index) => room.set(part, addresses[index]));
    const [recordsAt, offsetsAt, ordinalsAt, symbolsAt, verdictsAt] = addresses as [
      number,
      number,
      number,
      number,
      number,
    ];
    const { startsAddress, address: cellsAddress } = this.#cells;
    const stop = this.#encode(
      ...[count, offsetsAt, recordsAt - from, verdictsAt, symbolsAt, startsAddress, cellsAddress],
      ...[FIRST_ADDRESS, this.#constantSize, ordinalsAt, end, firstOrdinal],
    );
    const sums = new DataView(room.buffer, SUMS_ADDRESS);
    digest.addHalves(sums.getInt32(0, true), sums.getInt32(4, true));
    return { tuples: room.subarray(end, stop), digest };
  }

  /** Gives its memory back: what it made is no longer valid. */
  release(): void {
    this.#memory?.release();
    this.#memory = undefined;
  }
}

/** The cells of symbols in an encoder's memory: what is there already is not copied again. */
class CellsInMemory {
  #cellBytes = 4096;
  #startBytes = 1024;
  /** Cells that are there. */
  #copied = 0;
  #generation = 0;

  constructor(
    private readonly memory: EncoderMemory,
    private readonly cells: SymbolCells,
    readonly address: number,
  ) {}

  get startsAddress(): number {
    return this.address + this.#cellBytes;
  }

  get end(): number {
    return this.startsAddress + this.#startBytes;
  }

  update(): void {
    const { cells } = this;
    const startBytes = (cells.count + 1) * Uint32Array.BYTES_PER_ELEMENT;
    const isMoved = cells.size + ENCODER_SLACK > this.#cellBytes || startBytes > this.#startBytes;
    if (isMoved) {
      this.#cellBytes = aligned(2 * cells.size + ENCODER_SLACK);
      this.#startBytes = aligned(2 * startBytes);
    }
    this.memory.reserve(this.end);
    const from = isMoved || cells.generation !== this.#generation ? 0 : this.#copied;
    if (from === cells.count) return;
    this.memory.bytes.set(
      cells.bytes.subarray(cells.starts[from], cells.size),
      this.address + (cells.starts[from] as number),
    );
    this.memory.bytes.set(
      bytesOf(cells.starts.subarray(from, cells.count + 1)),
      this.startsAddress + from * Uint32Array.BYTES_PER_ELEMENT,
    );
    this.#copied = cells.count;
    this.#generation = cells.generation;
  }
}

function bytesOf(numbers: Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

const aligned = (address: number): number => (address + 7) & ~7;
