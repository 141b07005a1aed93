import type { Chunk, ChunkOrigin, ChunkSubject } from '../source/source.js';
import type { DayCondition } from './day-condition.js';
import { describeRequest } from './describe-request.js';
import { emptyAnswer } from './empty-answer.js';
import type { RangeRequest } from './range-request.js';

/** A part of a request on whose days no symbol means an instrument: complete without asking, and without a record. */
export class EmptyChunk implements Chunk {
  readonly source: string;
  readonly subject: ChunkSubject;
  readonly origin: ChunkOrigin;
  readonly fragment = null;
  readonly repeatable = true;
  readonly sizeBytes: number;
  readonly #bytes: Uint8Array;

  /** @param origin name of the API, the first word of the chunk's source */
  constructor(origin: string, request: RangeRequest, conditions: readonly DayCondition[]) {
    this.source = `${origin} ${describeRequest(request)}`;
    this.subject = request;
    this.origin = { conditions };
    this.#bytes = emptyAnswer(request);
    this.sizeBytes = this.#bytes.length;
  }

  async *open(): AsyncGenerator<Uint8Array, void, undefined> {
    yield this.#bytes;
  }
}
