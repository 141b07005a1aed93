import type { ArchiveEntry } from '../archive/archive.js';
import type { Download, DownloadFile, DownloadResult } from '../archive/archive-writer.js';
import { asTickloomError, isTickloomError, TickloomError } from '../errors/index.js';
import type { AnswerIntake } from './answer-intake.js';
import { answerVerdict } from './answer-verdict.js';
import { BytePrice } from './byte-price.js';
import { emptyAnswer, saysNoInstruments } from './empty-answer.js';
import type { FetchOrder, FetchParts } from './fetch-order.js';
import { HeldAnswers } from './held-answers.js';
import type { ApiCall, RangeAnswer } from './historical-api.js';
import type { InstrumentSymbol } from './instrument-symbol.js';
import type { RangeRequest } from './range-request.js';
import { readAhead } from './read-ahead.js';
import { RecordCount } from './record-count.js';
import { resolveInstruments } from './resolve-instruments.js';
import { counted } from '../text/counted.js';

/** Corrupt answers one after the other, and beginnings anew in one download: so many, and no more. */
const MOST_REJECTED = 3;
/** Bytes of an answer that may wait for the disk. */
const READ_AHEAD = 4 * 1024 * 1024;

/**
 * What a try came to. `gained`: it broke, and the next one has a better start; `failed`: it broke, and brought nothing.
 */
export type Attempt =
  | { readonly outcome: 'complete'; readonly entry: ArchiveEntry }
  | { readonly outcome: 'gained' | 'failed'; readonly error: TickloomError };

/** What one answer has cost. */
interface Bill {
  /** Of records. */
  bytes: number;
  /** As they came, compressed. */
  received: number;
}

/** One download, try by try. */
export class RangeDownload {
  readonly #order: FetchOrder;
  readonly #parts: FetchParts;
  readonly #download: Download;
  readonly #price: BytePrice;
  readonly #count: RecordCount;
  readonly #held: HeldAnswers;
  readonly #call: ApiCall;
  #corrupt = 0;
  #revised = 0;
  #anew = 0;

  constructor(order: FetchOrder, parts: FetchParts, download: Download) {
    this.#order = order;
    this.#parts = parts;
    this.#download = download;
    this.#price = new BytePrice(parts.api, order.request, order.estimate);
    this.#count = new RecordCount(order, parts.api);
    this.#held = new HeldAnswers(order, parts, download, this.#price);
    this.#call = order.signal === undefined ? {} : { signal: order.signal };
  }

  /** Takes up what an earlier process has left. */
  async restore(): Promise<void> {
    await this.#held.restore();
  }

  /** Buys what is missing, once. @throws what ends the download */
  async attempt(): Promise<Attempt> {
    this.#order.signal?.throwIfAborted();
    const held = this.#held.records.records;
    if (held > 0 && (await this.#count.isReached(held))) return this.#complete(null);
    const request = this.#held.remaining;
    const estimate = held === 0 ? this.#order.estimate.costUsd : await this.#parts.api.cost(request, this.#call);
    const reservation = this.#parts.spending.reserve(estimate);
    const bill: Bill = { bytes: 0, received: 0 };
    try {
      return await this.#ask(request, bill);
    } catch (error) {
      if (held > 0 || !saysNoInstruments(error)) throw error;
      return await this.#completeEmpty();
    } finally {
      reservation.settle(await this.#price.of(bill.bytes));
    }
  }

  async #ask(request: RangeRequest, bill: Bill): Promise<Attempt> {
    const answer = await this.#parts.api.range(request, this.#call);
    const intake = this.#held.intake(request);
    try {
      const error = await this.#receive(answer, intake, bill);
      return await (error === null ? this.#conclude(intake, request) : this.#mend(error, request, intake, bill));
    } finally {
      bill.bytes = Math.max(bill.bytes, intake.recordBytes);
      await intake.close();
    }
  }

  /** Writes the answer to disk as it comes, and reads it on the way. Gives the error that it broke with. */
  async #receive(answer: RangeAnswer, intake: AnswerIntake, bill: Bill): Promise<TickloomError | null> {
    const file = await this.#download.beginAnswer();
    try {
      for await (const piece of this.#parts.decompress(this.#written(answer, file, bill))) await intake.take(piece);
      intake.end();
      return null;
    } catch (error) {
      if (answerVerdict(error) !== 'final') return asTickloomError(error);
      // Nobody reads the rest of what has come now; it was no less than this.
      bill.bytes = bill.received;
      throw error;
    } finally {
      await file.close();
    }
  }

  async *#written({ body }: RangeAnswer, file: DownloadFile, bill: Bill): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of readAhead(body, READ_AHEAD)) {
      await file.write(bytes);
      bill.received += bytes.length;
      this.#order.onBytes?.(bytes.length);
      yield bytes;
    }
  }

  /** For an answer that came to a proper end: it is the last one, unless records are missing. */
  async #conclude(intake: AnswerIntake, request: RangeRequest): Promise<Attempt> {
    const { records, strays } = intake.records;
    if (await this.#count.isShort(records)) {
      const error = this.#count.mismatch(records);
      const { gained } = await this.#held.salvage(request);
      return { outcome: gained > 0 ? 'gained' : 'failed', error };
    }
    if (strays > 0) {
      this.#order.onWarning?.(
        `${counted(strays, 'record')} came with an index timestamp outside of the range that was asked for`,
      );
    }
    const skip = this.#held.first === null ? 0 : this.#held.records.tailRecords;
    this.#held.accept(intake);
    const cost = await this.#price.of(intake.recordBytes);
    return this.#complete({ records: intake.gained, skip, cost });
  }

  /** For an answer that broke: keeps what is good of it. */
  async #mend(error: TickloomError, request: RangeRequest, intake: AnswerIntake, bill: Bill): Promise<Attempt> {
    const verdict = answerVerdict(error);
    if (verdict === 'revised') {
      await this.#download.dropAnswer(await this.#price.of(intake.recordBytes));
      return this.#reject(error);
    }
    const salvaged = await this.#held.salvage(request);
    bill.bytes = salvaged.recordBytes;
    if (salvaged.error !== null) return this.#reject(salvaged.error);
    if (!this.#held.canBeContinued()) {
      await this.#held.startAnew();
      return { outcome: 'failed', error };
    }
    if (salvaged.gained > 0) this.#corrupt = this.#revised = 0;
    else if (verdict === 'corrupt') return this.#reject(error);
    return { outcome: salvaged.gained > 0 ? 'gained' : 'failed', error };
  }

  /** For an answer that is gone because it cannot be right. */
  async #reject(error: TickloomError): Promise<Attempt> {
    if (answerVerdict(error) !== 'revised') this.#corrupt += 1;
    else if (this.#revised === 0) {
      // One byte that is wrong on the way looks the same: asking once more costs a few records, all anew costs all.
      this.#revised = 1;
    } else {
      await this.#held.startAnew();
      this.#revised = 0;
      this.#anew += 1;
    }
    if (this.#anew <= MOST_REJECTED && this.#corrupt <= MOST_REJECTED) return { outcome: 'gained', error };
    const often = Math.max(this.#anew, this.#corrupt);
    throw new TickloomError('DOWNLOAD_CORRUPT', `${often} answers could not be right, the last one: ${error.message}`, {
      hint: 'Run the same command again later; what was good is kept.',
      cause: error,
    });
  }

  async #complete(answer: DownloadResult['answer']): Promise<Attempt> {
    const { first, records: held } = this.#held;
    if (first === null) throw new TickloomError('INVARIANT', 'a download was complete without a header');
    return this.#keep({
      header: first.bytes,
      records: held.records,
      contentBytes: first.bytes.length + held.recordBytes,
      answer,
      instruments: held.collecting ? await this.#instruments(held.instrumentIds) : [],
      empty: null,
    });
  }

  async #completeEmpty(): Promise<Attempt> {
    const header = emptyAnswer(this.#order.request);
    const contentBytes = header.length;
    return this.#keep({ header, records: 0, contentBytes, answer: null, instruments: [], empty: 'no-instruments' });
  }

  async #keep(result: Omit<DownloadResult, 'conditions'>): Promise<Attempt> {
    const { conditions } = this.#order;
    return { outcome: 'complete', entry: await this.#download.complete({ ...result, conditions }) };
  }

  async #instruments(ids: ReadonlySet<number>): Promise<readonly InstrumentSymbol[]> {
    const { request, signal, onWarning } = this.#order;
    try {
      return await resolveInstruments(this.#parts.api, request, ids, signal);
    } catch (error) {
      // What was paid for must not be lost for a name.
      if (!isTickloomError(error) || error.code !== 'REQUEST_REJECTED') throw error;
      onWarning?.(`the symbols of the instruments cannot be resolved: ${error.message}`);
      return [];
    }
  }
}
