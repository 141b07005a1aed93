import { to as copyTo } from 'pg-copy-streams';
import type { Session } from './session.js';

/**
 * A binary COPY TO STDOUT of a SELECT, in pieces. COPY takes no parameters: values stand in the text, quoted. A session
 * whose copy is left before its end must be discarded.
 */
export async function* copyOut(session: Session, select: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = session.submit(copyTo(`copy (${select}) to stdout (format binary)`));
  try {
    for await (const piece of stream) yield piece as Uint8Array;
  } catch (error) {
    throw session.mapped(error);
  }
}
