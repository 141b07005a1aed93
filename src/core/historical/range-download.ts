import type { ArchiveEntry } from '../archive/archive.js';
import type { Download, DownloadFile } from '../archive/archive-writer.js';
import type { Metadata } from '../dbn/metadata.js';
import { asTickloomError, TickloomError } from '../errors/index.js';
import { AnswerIntake } from './answer-intake.js';
import { answerVerdict } from './answer-verdict.js';
import { emptyAnswer, saysNoInstruments } from './empty-answer.js';
import type { FetchOrder, FetchParts } from './fetch-order.js';
import type { RangeAnswer } from './historical-api.js';
import { BytePrice } from './purchase.js';
import type { RangeRequest } from './range-request.js';
import { ReceivedRecords } from './received-records.js';
import { RecordCount } from './record-count.js';
import { remainingRequest } from './remaining-request.js';
import { resolveInstruments } from './resolve-instruments.js';

/** Answers that may turn out corrupt, or contradict what came before, in one download. */
const MOST_REJECTED = 3;

/**
 * What a try came to. `gained`: it broke, and brought something; `failed`: it broke, and brought nothing.
 */
export type Attempt =
  | { readonly outcome: 'complete'; readonly entry: ArchiveEntry }
  | { readonly outcome: 'gained' | 'failed'; readonly error: TickloomError };

/** The header of the first answer. */
interface FirstHeader {
  readonly metadata: Metadata;
  readonly bytes: Uint8Array;
}

/** One download and what is held of it so far. */
export class RangeDownload {
  readonly #order: FetchOrder;
  readonly #parts: FetchParts;
  readonly #download: Download;
  readonly #price: BytePrice;
  readonly #count: RecordCount;
  #held: ReceivedRecords;
  #first: FirstHeader | null = null;
  #rejected = 0;

  constructor(order: FetchOrder, parts: FetchParts, download: Download) {
    this.#order = order;
    this.#parts = parts;
    this.#download = download;
    this.#price = new BytePrice(parts.api, order.request, order.estimate);
    this.#count = new RecordCount(order, parts.api);
    this.#held = new ReceivedRecords(order.request);
  }

  /** Takes up what an earlier process has left. */
  async restore(): Promise<void> {
    const { signal } = this.#order;
    try {
      for (let part = 0; part < this.#download.parts.length; part += 1) {
        await this.#recall(this.#download.readPart(part, 0, signal), part);
      }
    } catch (error) {
      if (answerVerdict(error) === 'final' && asTickloomError(error).code !== 'ARCHIVE_DAMAGED') throw error;
      this.#warn(`what an earlier download has left cannot be used (${asTickloomError(error).message})`);
      await this.#startAnew();
    }
    if (!this.#download.interrupted) return;
    const salvaged = await this.#salvage(this.#remaining());
    const { error } = salvaged;
    const verdict = error === null ? null : answerVerdict(error);
    if (error !== null && verdict === 'final') throw error;
    if (verdict === 'revised' || !this.#canBeContinued()) await this.#startAnew();
  }

  /** Buys what is missing, once. @throws what ends the download */
  async attempt(): Promise<Attempt> {
    this.#order.signal?.throwIfAborted();
    if (this.#held.records > 0 && (await this.#count.isReached(this.#held.records))) return this.#complete(null);
    const request = this.#remaining();
    const { api, spending } = this.#parts;
    const { signal } = this.#order;
    const call = signal === undefined ? {} : { signal };
    const estimate = this.#first === null ? this.#order.estimate.costUsd : await api.cost(request, call);
    const reservation = spending.reserve(estimate);
    let billed = 0;
    try {
      const answer = await api.range(request, call);
      const intake = this.#intake(request);
      try {
        const error = await this.#receive(answer, intake);
        if (error === null) return await this.#conclude(intake, request);
        billed = intake.recordBytes;
        return await this.#mend(error, request, intake, (bytes) => (billed = Math.max(billed, bytes)));
      } finally {
        billed = Math.max(billed, intake.recordBytes);
        await intake.close();
      }
    } catch (error) {
      if (this.#held.records > 0 || !saysNoInstruments(error)) throw error;
      return await this.#completeEmpty();
    } finally {
      reservation.settle(await this.#price.of(billed));
    }
  }

  /** Writes the answer to disk as it comes, and reads it on the way. Gives the error that it broke with. */
  async #receive(answer: RangeAnswer, intake: AnswerIntake): Promise<unknown> {
    const file = await this.#download.beginAnswer();
    try {
      for await (const piece of this.#parts.decompress(this.#written(answer, file))) await intake.take(piece);
      intake.end();
      return null;
    } catch (error) {
      if (answerVerdict(error) === 'final') throw error;
      return error;
    } finally {
      await file.close();
    }
  }

  async *#written({ body }: RangeAnswer, file: DownloadFile): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of body) {
      await file.write(bytes);
      this.#order.onBytes?.(bytes.length);
      yield bytes;
    }
  }

  /** For an answer that came to a proper end: it is the last one, unless records are missing. */
  async #conclude(intake: AnswerIntake, request: RangeRequest): Promise<Attempt> {
    const { records } = intake;
    if (await this.#count.isShort(records.records)) {
      const error = this.#count.mismatch(records.records);
      const salvaged = await this.#salvage(request);
      if (salvaged.error !== null) throw salvaged.error;
      return { outcome: salvaged.gained > 0 ? 'gained' : 'failed', error };
    }
    if (records.strays > 0) {
      this.#warn(`${records.strays} records have an index timestamp outside of the range that was asked for`);
    }
    const skip = this.#first === null ? 0 : this.#held.tailRecords;
    this.#accept(intake);
    const cost = await this.#price.of(intake.recordBytes);
    return this.#complete({ records: intake.gained, skip, cost });
  }

  /** For an answer that broke: keeps what is good of it. */
  async #mend(
    thrown: unknown,
    request: RangeRequest,
    intake: AnswerIntake,
    onBilled: (bytes: number) => void,
  ): Promise<Attempt> {
    const error = asTickloomError(thrown);
    if (answerVerdict(error) !== 'cut') return this.#reject(error, intake.recordBytes);
    const salvaged = await this.#salvage(request);
    onBilled(salvaged.recordBytes);
    if (salvaged.error !== null) {
      if (answerVerdict(salvaged.error) === 'final') throw salvaged.error;
      return this.#refuse(salvaged.error);
    }
    if (!this.#canBeContinued()) {
      await this.#startAnew();
      return { outcome: 'failed', error };
    }
    return { outcome: salvaged.gained > 0 ? 'gained' : 'failed', error };
  }

  async #reject(error: TickloomError, recordBytes: number): Promise<Attempt> {
    await this.#download.dropAnswer(await this.#price.of(recordBytes));
    return this.#refuse(error);
  }

  /** For an answer that is gone because it could not be right. */
  async #refuse(error: TickloomError): Promise<Attempt> {
    if (answerVerdict(error) === 'revised') await this.#startAnew();
    this.#rejected += 1;
    if (this.#rejected <= MOST_REJECTED) return { outcome: 'gained', error };
    throw new TickloomError(
      'DOWNLOAD_CORRUPT',
      `fetching gave up after ${this.#rejected} bad answers: ${error.message}`,
      {
        hint: 'Run the same command again later; what was good is kept.',
        cause: error,
      },
    );
  }

  /**
   * Turns the answer in hand, as far as it can be read, into a part: plain records, so that what is held does not depend
   * on who decompresses a cut frame. The error is the one of an answer that must not be used.
   */
  async #salvage(request: RangeRequest): Promise<{ gained: number; recordBytes: number; error: TickloomError | null }> {
    const { signal } = this.#order;
    const intake = this.#intake(request);
    const file = await this.#download.beginPart();
    let error: TickloomError | null = null;
    try {
      let headerWritten = false;
      for await (const piece of this.#parts.salvage(this.#download.readAnswer(signal))) {
        const spans = await intake.take(piece);
        if (!headerWritten && intake.headerBytes !== undefined) await file.write(intake.headerBytes);
        headerWritten = intake.headerBytes !== undefined;
        for (const { bytes } of spans) await file.write(bytes);
      }
    } catch (thrown) {
      const nothingRead = intake.headerBytes === undefined && answerVerdict(thrown) === 'corrupt';
      if (answerVerdict(thrown) !== 'cut' && !nothingRead) error = asTickloomError(thrown);
    } finally {
      await intake.close();
      await file.close();
    }
    signal?.throwIfAborted();
    if (error === null && intake.records.strays > this.#held.strays) error = strayed(intake.records.strays);
    const gained = error === null ? intake.gained : 0;
    const { recordBytes } = intake;
    const cost = await this.#price.of(recordBytes);
    if (error !== null && answerVerdict(error) === 'final') return { gained, recordBytes, error };
    if (gained === 0) await this.#download.dropAnswer(cost);
    else {
      await this.#download.keepPart({ records: gained, headerBytes: intake.headerBytes?.length ?? 0 }, cost);
      this.#accept(intake);
    }
    return { gained, recordBytes, error };
  }

  /** Reads a part again that an earlier process has kept. */
  async #recall(bytes: AsyncIterable<Uint8Array>, part: number): Promise<void> {
    const intake = new AnswerIntake({
      request: part === 0 ? this.#order.request : this.#remaining(),
      held: this.#held,
      first: this.#first?.metadata ?? null,
      tail: null,
      part,
    });
    for await (const piece of bytes) await intake.take(piece);
    intake.end();
    this.#accept(intake);
  }

  #intake(request: RangeRequest): AnswerIntake {
    const { tail } = this.#held;
    const first = this.#first?.metadata ?? null;
    const part = this.#download.parts.length;
    return new AnswerIntake({
      request,
      held: this.#held,
      first,
      tail: first === null || tail === null ? null : this.#bytesFrom(tail.part, tail.byte),
      part,
    });
  }

  /** What is held from a place on, without headers. */
  async *#bytesFrom(part: number, byte: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = this.#order;
    yield* this.#download.readPart(part, byte, signal);
    for (let next = part + 1; next < this.#download.parts.length; next += 1) {
      yield* this.#download.readPart(next, this.#download.parts[next]?.headerBytes ?? 0, signal);
    }
  }

  #accept({ records, metadata, headerBytes }: AnswerIntake): void {
    this.#held = records;
    if (metadata === undefined || headerBytes === undefined) return;
    this.#first ??= { metadata, bytes: headerBytes };
  }

  #remaining(): RangeRequest {
    return this.#first === null ? this.#order.request : remainingRequest(this.#order.request, this.#held);
  }

  #canBeContinued(): boolean {
    return this.#held.records === 0 || (this.#held.latest !== null && !this.#held.ranBackwards);
  }

  async #startAnew(): Promise<void> {
    await this.#download.dropParts();
    this.#held = new ReceivedRecords(this.#order.request);
    this.#first = null;
  }

  async #complete(answer: { records: number; skip: number; cost: bigint } | null): Promise<Attempt> {
    const { request, conditions, signal } = this.#order;
    const first = this.#first;
    if (first === null) throw new TickloomError('INVARIANT', 'a download was complete without a header');
    const held = this.#held;
    const instruments = held.collecting ? await this.#instruments(request, held.instrumentIds, signal) : [];
    const entry = await this.#download.complete({
      header: first.bytes,
      records: held.records,
      contentBytes: first.bytes.length + held.recordBytes,
      answer,
      conditions,
      instruments,
      empty: null,
    });
    return { outcome: 'complete', entry };
  }

  async #completeEmpty(): Promise<Attempt> {
    const { request, conditions } = this.#order;
    const header = emptyAnswer(request);
    const sizes = { records: 0, contentBytes: header.length, answer: null };
    const what = { conditions, instruments: [], empty: 'no-instruments' } as const;
    return { outcome: 'complete', entry: await this.#download.complete({ header, ...sizes, ...what }) };
  }

  async #instruments(request: RangeRequest, ids: ReadonlySet<number>, signal: AbortSignal | undefined) {
    return resolveInstruments(this.#parts.api, request, ids, signal);
  }

  #warn(text: string): void {
    this.#order.onWarning?.(text);
  }
}

function strayed(records: number): TickloomError {
  return new TickloomError(
    'DOWNLOAD_CORRUPT',
    `${records} records of an answer that was cut have an index timestamp outside of the range that was asked for`,
    { hint: 'Run the same command again.' },
  );
}
