import type { Download } from '../archive/archive-writer.js';
import type { Metadata } from '../dbn/metadata.js';
import { asTickloomError, TickloomError } from '../errors/index.js';
import { AnswerIntake } from './answer-intake.js';
import { answerVerdict, goodBytes } from './answer-verdict.js';
import type { FetchOrder, FetchParts } from './fetch-order.js';
import type { BytePrice } from './byte-price.js';
import type { RangeRequest } from './range-request.js';
import { ReceivedRecords } from './received-records.js';
import { remainingRequest } from './remaining-request.js';
import { counted } from '../text/counted.js';

/** The header of the first answer. */
interface FirstHeader {
  readonly metadata: Metadata;
  readonly bytes: Uint8Array;
}

/** What became of an answer that broke. */
export interface Salvaged {
  /** Records that were not held before. */
  readonly gained: number;
  /** Bytes of records that it had, as they are billed. */
  readonly recordBytes: number;
  /** Why nothing of it may be used. */
  readonly error: TickloomError | null;
}

/** What a download holds: the records of its parts, and what they tell. */
export class HeldAnswers {
  readonly #order: FetchOrder;
  readonly #parts: FetchParts;
  readonly #download: Download;
  readonly #price: BytePrice;
  #records: ReceivedRecords;
  #first: FirstHeader | null = null;

  constructor(order: FetchOrder, parts: FetchParts, download: Download, price: BytePrice) {
    this.#order = order;
    this.#parts = parts;
    this.#download = download;
    this.#price = price;
    this.#records = new ReceivedRecords(order.request);
  }

  get records(): ReceivedRecords {
    return this.#records;
  }

  get first(): FirstHeader | null {
    return this.#first;
  }

  /** What is still to be asked for. */
  get remaining(): RangeRequest {
    return this.#first === null ? this.#order.request : remainingRequest(this.#order.request, this.#records);
  }

  /** Takes up what an earlier process has left. @throws what reading the disk throws */
  async restore(): Promise<void> {
    const { signal, onWarning } = this.#order;
    try {
      for (let part = 0; part < this.#download.parts.length; part += 1) {
        await this.#recall(this.#download.readPart(part, 0, signal), part);
      }
    } catch (error) {
      const known = asTickloomError(error);
      if (answerVerdict(error) === 'final' && known.code !== 'ARCHIVE_DAMAGED') throw error;
      onWarning?.(`what an earlier download has left cannot be used (${known.message}); it is fetched anew`);
      await this.startAnew();
    }
    if (!this.#download.interrupted) return;
    const { error } = await this.salvage(this.remaining);
    if ((error !== null && answerVerdict(error) === 'revised') || !this.canBeContinued()) await this.startAnew();
  }

  /** Begins to read the next answer. */
  intake(request: RangeRequest): AnswerIntake {
    const { tail } = this.#records;
    const first = this.#first?.metadata ?? null;
    return new AnswerIntake({
      request,
      held: this.#records,
      first,
      tail: first === null || tail === null ? null : this.#bytesFrom(tail.part, tail.byte),
      part: this.#download.parts.length,
    });
  }

  /** Holds what an answer has added. */
  accept({ records, metadata, headerBytes }: AnswerIntake): void {
    this.#records = records;
    if (metadata === undefined || headerBytes === undefined) return;
    this.#first ??= { metadata, bytes: headerBytes };
  }

  /**
   * Turns the answer in hand, as far as it can be trusted, into a part: plain records, so that what is held does not
   * depend on who decompresses a cut frame. Behind a frame that is bad nothing is trusted, in front of it everything.
   * @throws what the disk throws, and the abortion
   */
  async salvage(request: RangeRequest): Promise<Salvaged> {
    let upTo = Infinity;
    let recordBytes = 0;
    for (;;) {
      const intake = this.intake(request);
      const error = await this.#copy(intake, upTo);
      recordBytes = Math.max(recordBytes, intake.recordBytes);
      if (error === null && intake.gained > 0) {
        const part = { records: intake.gained, headerBytes: intake.headerBytes?.length ?? 0 };
        await this.#download.keepPart(part, await this.#price.of(recordBytes));
        this.accept(intake);
        return { gained: intake.gained, recordBytes, error };
      }
      const good = error === null ? 0 : goodBytes(error) || (await this.#wholeFrames());
      if (good > 0 && good < upTo) {
        upTo = good;
        continue;
      }
      await this.#download.dropAnswer(await this.#price.of(recordBytes));
      return { gained: 0, recordBytes, error };
    }
  }

  /** A continuation needs a time to begin at, and nothing before it that may still come. */
  canBeContinued(): boolean {
    const { records, latest, ranBackwards } = this.#records;
    return records === 0 || (latest !== null && !ranBackwards);
  }

  async startAnew(): Promise<void> {
    await this.#download.dropParts();
    this.#records = new ReceivedRecords(this.#order.request);
    this.#first = null;
  }

  async #copy(intake: AnswerIntake, upTo: number): Promise<TickloomError | null> {
    const { signal } = this.#order;
    const file = await this.#download.beginPart();
    try {
      let headerWritten = false;
      for await (const piece of this.#parts.salvage(beginning(this.#download.readAnswer(signal), upTo))) {
        const spans = await intake.take(piece);
        if (!headerWritten && intake.headerBytes !== undefined) await file.write(intake.headerBytes);
        headerWritten = intake.headerBytes !== undefined;
        for (const { bytes } of spans) await file.write(bytes);
      }
    } catch (error) {
      const verdict = answerVerdict(error);
      if (verdict === 'final') throw error;
      // A few bytes of a first frame look like anything.
      const nothingRead = intake.headerBytes === undefined;
      if (verdict !== 'cut' && !nothingRead) return asTickloomError(error);
    } finally {
      await intake.close();
      await file.close();
    }
    // What is not covered by a checksum yet has to make sense at least.
    return intake.records.strays > this.#records.strays ? strayed(intake.records.strays) : null;
  }

  /** Bytes of the answer in hand that are frames with the right checksum. */
  async #wholeFrames(): Promise<number> {
    let bytes = 0;
    try {
      for await (const piece of this.#parts.salvage(this.#download.readAnswer(this.#order.signal)))
        bytes += piece.length;
      return 0;
    } catch (error) {
      if (answerVerdict(error) === 'final') throw error;
      return bytes === 0 ? 0 : goodBytes(error);
    }
  }

  /** Reads a part again that an earlier process has kept. */
  async #recall(bytes: AsyncIterable<Uint8Array>, part: number): Promise<void> {
    const first = this.#first?.metadata ?? null;
    const intake = new AnswerIntake({ request: this.remaining, held: this.#records, first, tail: null, part });
    for await (const piece of bytes) await intake.take(piece);
    intake.end();
    this.accept(intake);
  }

  /** What is held from a place on, without headers. */
  async *#bytesFrom(part: number, byte: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { signal } = this.#order;
    yield* this.#download.readPart(part, byte, signal);
    for (let next = part + 1; next < this.#download.parts.length; next += 1) {
      yield* this.#download.readPart(next, this.#download.parts[next]?.headerBytes ?? 0, signal);
    }
  }
}

async function* beginning(
  source: AsyncIterable<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = length;
  for await (const bytes of source) {
    yield bytes.length > left ? bytes.subarray(0, left) : bytes;
    left -= bytes.length;
    if (left <= 0) return;
  }
}

function strayed(records: number): TickloomError {
  return new TickloomError(
    'DOWNLOAD_CORRUPT',
    `an answer that was cut has ${counted(records, 'record')} outside of the range that was asked for, by the index timestamp`,
    { hint: 'Run the same command again.' },
  );
}
