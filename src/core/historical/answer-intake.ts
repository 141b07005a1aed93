import { DbnDecoder } from '../dbn/decode/dbn-decoder.js';
import { recordSpans, splitSpan, type RecordSpan } from '../dbn/decode/record-spans.js';
import type { Metadata } from '../dbn/metadata.js';
import { TickloomError } from '../errors/index.js';
import { REVISED } from './answer-verdict.js';
import { checkAnswerHeader } from './check-answer-header.js';
import { ALL_SYMBOLS, type RangeRequest } from './range-request.js';
import type { ReceivedRecords } from './received-records.js';
import { TailComparison } from './tail-comparison.js';

/** What an answer is held against. */
export interface ExpectedAnswer {
  /** What it was asked for: the whole range, or the rest of it. */
  readonly request: RangeRequest;
  /** All that came before. */
  readonly held: ReceivedRecords;
  /** The header of the first answer, if this one continues it. */
  readonly first: Metadata | null;
  /** The records held at the time of the cut: the answer has to begin with them. */
  readonly tail: AsyncIterable<Uint8Array> | null;
  /** Its place among the parts. */
  readonly part: number;
}

/** Reads one answer, uncompressed, piece by piece: header, repeated records, new records. */
export class AnswerIntake {
  readonly #expected: ExpectedAnswer;
  readonly #decoder = new DbnDecoder();
  readonly #tail: TailComparison | null;
  #records: ReceivedRecords;
  #repeatedLeft: number;
  /** Bytes of whole records, repeated ones too: what the answer cost. */
  recordBytes = 0;

  constructor(expected: ExpectedAnswer) {
    this.#expected = expected;
    this.#records = expected.held;
    this.#repeatedLeft = expected.tail === null ? 0 : expected.held.tailRecords;
    this.#tail = expected.tail === null ? null : new TailComparison(expected.tail);
  }

  get metadata(): Metadata | undefined {
    return this.#decoder.metadata;
  }

  get headerBytes(): Uint8Array | undefined {
    return this.#decoder.headerBytes;
  }

  /** What was held, and what this answer adds. */
  get records(): ReceivedRecords {
    return this.#records;
  }

  /** Records that were not held before. */
  get gained(): number {
    return this.#records.records - this.#expected.held.records;
  }

  /**
   * Takes the next bytes; gives the records that are new, which point into them.
   * @throws DOWNLOAD_CORRUPT, and what the decoder throws
   */
  async take(bytes: Uint8Array): Promise<readonly RecordSpan[]> {
    const begun = this.#decoder.started;
    this.#decoder.push(bytes);
    if (!begun) this.#begin();
    const added: RecordSpan[] = [];
    for (const span of recordSpans(this.#decoder)) {
      this.recordBytes += span.bytes.length;
      const fresh = this.#repeatedLeft === 0 ? span : await this.#withoutRepeated(span);
      if (fresh.records === 0) continue;
      this.#records.take(fresh, (this.metadata as Metadata).version);
      added.push(fresh);
    }
    return added;
  }

  /** Says that the answer is over. @throws what the decoder throws, DOWNLOAD_CORRUPT when it has not even what is held */
  end(): void {
    this.#decoder.end();
    if (this.#repeatedLeft > 0) throw this.#revised('ends before them');
  }

  async close(): Promise<void> {
    await this.#tail?.close();
  }

  #begin(): void {
    const { metadata, headerBytes } = this.#decoder;
    if (metadata === undefined || headerBytes === undefined) return;
    const { request, first, held, part } = this.#expected;
    checkAnswerHeader(metadata, request, first);
    this.#records = held.beginPart(part, headerBytes.length);
    // Only these are named by another question; what else comes without a mapping takes a later step of the ladder.
    if (first === null) {
      this.#records.collecting = request.symbols.includes(ALL_SYMBOLS) && metadata.mappings.length === 0;
    }
  }

  async #withoutRepeated(span: RecordSpan): Promise<RecordSpan> {
    const [repeated, fresh] = splitSpan(span, Math.min(span.records, this.#repeatedLeft));
    if ((await this.#tail?.equals(repeated.bytes)) !== true) throw this.#revised('differs from them');
    this.#repeatedLeft -= repeated.records;
    return fresh;
  }

  #revised(how: string): TickloomError {
    const { latest } = this.#expected.held;
    return new TickloomError(
      'DOWNLOAD_CORRUPT',
      `the continuation of the download at ${latest ?? 0n} ns has to begin with the records held there, and ${how}`,
      { hint: 'Run the same command again.', context: { reason: REVISED } },
    );
  }
}
