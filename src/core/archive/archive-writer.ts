import type { DayCondition } from '../historical/day-condition.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import type { RangeRequest } from '../historical/range-request.js';
import type { Usd } from '../historical/usd.js';
import type { ArchiveEntry } from './archive.js';

/** Whole records of an answer that did not come to its end, as plain DBN with the answer's own header. */
export interface DownloadPart {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Bytes of the header in front of the records. */
  readonly headerBytes: number;
  readonly records: number;
}

/** A file of a download that is being written. One at a time of each kind. */
export interface DownloadFile {
  /** Resolves when the bytes are with the operating system. @throws OUTPUT_UNWRITABLE */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** What is known when all has arrived. */
export interface DownloadResult {
  /** Of the first answer, as it came; or made by us for an empty entry. */
  readonly header: Uint8Array;
  /** Of the whole entry. */
  readonly records: number;
  /** Uncompressed, header included. */
  readonly contentBytes: number;
  /** The answer in hand as the last segment; `null` when the parts have everything. */
  readonly answer: { readonly records: number; readonly skip: number; readonly cost: Usd } | null;
  readonly conditions: readonly DayCondition[];
  readonly instruments: readonly InstrumentSymbol[];
  readonly empty: ArchiveEntry['empty'];
}

/**
 * An entry that is being filled, by this process alone. It holds *parts* (whole records, what earlier answers gave) and
 * at most one *answer*, the bytes of the answer in hand as they come. Both outlive the process, whatever ends it.
 */
export interface Download {
  readonly id: string;
  readonly parts: readonly DownloadPart[];
  /** Our count of what all answers cost that have been dealt with. */
  readonly costUsd: Usd;
  /** There is an answer from an earlier process, as far as it came. */
  readonly interrupted: boolean;
  /** Begins the answer in hand; one that was there is gone. */
  beginAnswer(): Promise<DownloadFile>;
  readAnswer(signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Begins the file that the answer's whole records go into. */
  beginPart(): Promise<DownloadFile>;
  /** Puts the part just closed in the place of the answer. */
  keepPart(part: { readonly records: number; readonly headerBytes: number }, cost: Usd): Promise<void>;
  dropAnswer(cost: Usd): Promise<void>;
  /** Forgets all parts; what they cost stays. */
  dropParts(): Promise<void>;
  /** @throws ARCHIVE_DAMAGED when read from its beginning and not as it was written */
  readPart(index: number, fromByte: number, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** Makes the entry, all at once, in the place of one that is there. */
  complete(result: DownloadResult): Promise<ArchiveEntry>;
  /** Lets others have it. What has arrived stays for the next one. */
  release(): Promise<void>;
}

/** The entry, when it is there; else the right to fill it. */
export type ArchiveClaim =
  { readonly entry: ArchiveEntry; readonly download: null } | { readonly entry: null; readonly download: Download };

export interface ClaimOptions {
  /** Fills the entry again even if it is there. */
  readonly refetch?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly wait?: ClaimWait | undefined;
}

/** How another download of the same entry is waited for. */
export interface ClaimWait {
  /** ms, at most. Without it, until the other one is over. */
  readonly mostMs?: number | undefined;
  /** Told once that there is one, with the number of the process that is at it. */
  readonly onWait?: ((process: number) => void) | undefined;
}

/** The side of the archive that is written to. */
export interface ArchiveWriter {
  /**
   * Waits while another process, or another part of this one, fills the entry; what that one has brought is then found.
   * @throws LOCKED when it was waited for in vain; CANCELLED, OUTPUT_UNWRITABLE, ARCHIVE_DAMAGED
   */
  claim(request: RangeRequest, options?: ClaimOptions): Promise<ArchiveClaim>;
}
