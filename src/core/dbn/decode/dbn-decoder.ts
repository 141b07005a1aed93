import { TickloomError } from '../../errors/index.js';
import { LENGTH_UNIT } from '../constants.js';
import type { DbnVersion } from '../layout/record-layout.js';
import type { Metadata } from '../metadata.js';
import type { RecordBatch } from '../record-batch.js';
import { decodeMetadata } from './decode-metadata.js';
import { DBN_MAGIC } from './detect-container.js';
import { HeaderAssembler, notDbnError } from './header-assembler.js';
import { RecordScanner, type ScanWindow } from './record-scanner.js';

/** How to read a stream that has no header. */
export interface FragmentFormat {
  readonly version: DbnVersion;
  readonly tsOut?: boolean;
}

export interface DbnDecoderOptions {
  /** Allows a stream without a header. One that has a header is read by that, whatever is said here. */
  readonly fragment?: FragmentFormat;
}

const LONGEST_RECORD = 255 * LENGTH_UNIT;
/** Bytes; pieces are mostly smaller. */
const MOST_KEPT = 1 << 20;

/**
 * Decodes an uncompressed DBN stream, without I/O: bytes are pushed in pieces of any size, batches of records are
 * taken out.
 *
 * ```ts
 * for (const piece of pieces) {
 *   decoder.push(piece);
 *   for (const batch of decoder.batches()) …
 * }
 * decoder.end();
 * ```
 *
 * Batches point into the pushed bytes: neither touch those nor push more until the batches have been dealt with. After
 * an error the decoder is of no further use.
 */
export class DbnDecoder {
  readonly #header: HeaderAssembler;
  readonly #fragment: FragmentFormat | undefined;
  #scanner: RecordScanner | undefined;
  #metadata: Metadata | undefined;
  #headerBytes: Uint8Array | undefined;
  /** Bytes of the stream that have been pushed. */
  #received = 0;
  #windows: ScanWindow[] = [];
  /** The beginning of a record whose end has not come yet. */
  readonly #carry = new Uint8Array(LONGEST_RECORD);
  #carried = 0;
  /** For the beginning of a record and the piece behind it; used again. */
  #room = new Uint8Array(0);

  constructor(options: DbnDecoderOptions = {}) {
    this.#fragment = options.fragment;
    this.#header = new HeaderAssembler(options.fragment !== undefined);
  }

  /** The decoded header; `undefined` until it has come, and for a fragment. */
  get metadata(): Metadata | undefined {
    return this.#metadata;
  }

  /** The header as it came, prelude included; `undefined` until it has come, and for a fragment. */
  get headerBytes(): Uint8Array | undefined {
    return this.#headerBytes;
  }

  /** True when the header has been read, or the stream is known to have none. */
  get started(): boolean {
    return this.#scanner !== undefined;
  }

  /** Records given out so far, of all kinds. */
  get records(): number {
    return this.#scanner?.ordinal ?? 0;
  }

  /** Bytes of the uncompressed stream pushed so far. */
  get bytesReceived(): number {
    return this.#received;
  }

  /**
   * Takes the next bytes of the stream. All batches of the bytes before must have been taken.
   * @throws NOT_DBN, DBN_LEGACY, DBN_VERSION, METADATA_INVALID
   */
  push(bytes: Uint8Array): void {
    if (this.#windows.length > 0) throw notDrained();
    this.#received += bytes.length;
    let records = bytes;
    if (this.#scanner === undefined) {
      const start = this.#header.push(bytes);
      if (start === undefined) return;
      this.#scanner = this.#begin(start.header);
      records = start.rest;
    }
    if (this.#carried > 0) records = this.#joined(records);
    this.#open(records, this.#received - records.length);
  }

  /**
   * The next records that are whole; `undefined` when more bytes are needed.
   * @throws RECORD_LENGTH_INVALID, RECORD_TOO_SHORT, after the batches of the records before
   */
  *batches(): Generator<RecordBatch, void, undefined> {
    const scanner = this.#scanner;
    if (scanner === undefined) return;
    for (let window = this.#windows[0]; window !== undefined; window = this.#windows[0]) {
      for (let found = scanner.scan(window); found.length > 0; found = scanner.scan(window)) yield* found;
      this.#carry.set(window.bytes.subarray(window.at));
      this.#carried = window.bytes.length - window.at;
      this.#windows.shift();
    }
  }

  /**
   * Says that the stream is over.
   * @throws EMPTY_STREAM, NOT_DBN, DECODE_TRUNCATED when it ends inside its header or a record
   */
  end(): void {
    if (this.#windows.length > 0) throw notDrained();
    if (this.#received === 0) {
      throw new TickloomError('EMPTY_STREAM', 'the input is empty: it has neither a DBN header nor records', {
        hint: 'Fetch the file again.',
        context: { byte: 0 },
      });
    }
    if (this.#scanner === undefined) throw this.#headerCut(this.#header.gathered);
    if (this.#carried > 0) {
      const { ordinal } = this.#scanner;
      const byte = this.#received - this.#carried;
      const expected = (this.#carry[0] ?? 0) * LENGTH_UNIT;
      throw truncated(`record ${ordinal} at byte ${byte} is cut: ${this.#carried} of its ${expected} bytes are there`, {
        byte,
        ordinal,
        part: 'record',
      });
    }
  }

  #begin(header: Uint8Array | undefined): RecordScanner {
    if (header !== undefined) {
      this.#metadata = decodeMetadata(header);
      this.#headerBytes = header;
      return new RecordScanner(this.#metadata.version, this.#metadata.tsOut);
    }
    return new RecordScanner(this.#fragment?.version ?? 3, this.#fragment?.tsOut ?? false);
  }

  /** The record begun and what follows it in one piece: as a batch of its own it would cost as much as a thousand. */
  #joined(bytes: Uint8Array): Uint8Array {
    const size = this.#carried + bytes.length;
    let room = this.#room;
    if (size > room.length) room = new Uint8Array(Math.max(size, Math.min(2 * room.length, MOST_KEPT)));
    if (room.length <= MOST_KEPT) this.#room = room;
    room.set(this.#carry.subarray(0, this.#carried));
    room.set(bytes, this.#carried);
    this.#carried = 0;
    return room.subarray(0, size);
  }

  #open(bytes: Uint8Array, base: number): void {
    if (bytes.length === 0) return;
    const { buffer, byteOffset, byteLength } = bytes;
    // a Buffer is another kind of array to the compiler: code that has met both is compiled again, and slower
    const plain = new Uint8Array(buffer, byteOffset, byteLength);
    this.#windows.push({ bytes: plain, view: new DataView(buffer, byteOffset, byteLength), base, at: 0 });
  }

  #headerCut(gathered: Uint8Array): TickloomError {
    const magic = DBN_MAGIC.slice(0, gathered.length).every((byte, index) => gathered[index] === byte);
    const context = { byte: gathered.length, ordinal: 0 };
    if (magic)
      return truncated(`the DBN header is cut: it ends at byte ${gathered.length}`, { ...context, part: 'header' });
    if (this.#fragment === undefined) return notDbnError(gathered);
    return truncated(`record 0 at byte 0 is cut: ${gathered.length} bytes are there`, {
      ...context,
      byte: 0,
      part: 'record',
    });
  }
}

function truncated(
  message: string,
  context: { byte: number; ordinal: number; part: 'header' | 'record' },
): TickloomError {
  return new TickloomError('DECODE_TRUNCATED', message, { hint: 'Fetch the file again: its end is missing.', context });
}

function notDrained(): TickloomError {
  return new TickloomError('INVARIANT', 'more bytes were pushed before all batches of the bytes before had been taken');
}
