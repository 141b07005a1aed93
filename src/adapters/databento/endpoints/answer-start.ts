import { DBN_MAGIC, DETECTION_BYTES, detectContainer, ZSTD_MAGIC } from '../../../core/dbn/index.js';
import { readText } from '../calls/read-text.js';
import { foreignReply, type Asked } from '../errors/attempt-failures.js';
import type { HttpBody, HttpReply } from '../transport/http-transport.js';

/** The most of a page in the place of an answer that is looked at. */
const PAGE_BYTES = 64 * 1024;

/**
 * Reads so much of a body that an answer can be told from what somebody on the way has put in its place.
 * @returns the bytes read; none when the body has none
 * @throws FailedAttempt for what begins neither as zstd nor as DBN, TransportFailure before the first byte
 */
export async function readAnswerStart(reply: HttpReply, asked: Asked): Promise<Uint8Array> {
  const start = await firstBytes(reply.body);
  const container = detectContainer(start);
  if (container === 'zstd' || container === 'dbn' || isCutMagic(start)) return start;
  throw foreignReply(asked, reply, start, await pageText(start, reply.body, asked));
}

async function firstBytes(body: HttpBody): Promise<Uint8Array> {
  let next: IteratorResult<Uint8Array, unknown> = await body.next();
  const pieces: Uint8Array[] = [];
  let length = 0;
  while (next.done !== true) {
    pieces.push(next.value);
    length += next.value.length;
    if (length >= DETECTION_BYTES) break;
    // what breaks behind the first byte is for the reader of the body, who gets what had come before
    next = await body.next().catch(() => ({ done: true, value: undefined }));
  }
  return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
}

/** What ends so early was cut on its way, and says nothing else. */
const isCutMagic = (bytes: Uint8Array): boolean =>
  [ZSTD_MAGIC, DBN_MAGIC].some((magic) => bytes.every((byte, index) => byte === magic[index]));

/** What it says, where it is text that came whole: the end of a part may be half of what is to be masked. */
async function pageText(start: Uint8Array, rest: HttpBody, asked: Asked): Promise<string> {
  async function* page(): AsyncGenerator<Uint8Array, void, undefined> {
    yield start;
    yield* rest;
  }
  const { text, whole } = await readText(page(), PAGE_BYTES).catch(() => ({ text: '', whole: false }));
  return whole && !text.includes('\ufffd') ? asked.redact(text) : '';
}
