import type { HttpReply } from '../transport/http-transport.js';

/** Status for a range that begins where the file has ended. */
export const RANGE_PAST_END = 416;

/** Where in the file the bytes of a reply belong; `null` when it does not say. A 200 is the whole file. */
export function startOf(reply: HttpReply): number | null {
  if (reply.status === RANGE_PAST_END) return null;
  if (reply.status !== 206) return 0;
  const [, start] = /^bytes (\d+)-/.exec(reply.header('content-range') ?? '') ?? [];
  return start === undefined ? null : Number(start);
}
