import { errorDocument, failureOf } from './failure.js';
import { jsonText } from './json-text.js';
import { streams } from './session.js';
import { OutputClosed } from './standard-streams.js';

/**
 * The text of a JSON document with a long list in it, in pieces: `{ …head, "key": [ items ] }`. An error in the middle
 * ends the list, and the document is whole all the same: the error stands in it. An error before the first item is
 * thrown, so that the error alone is the document.
 */
export async function* jsonList(
  head: Readonly<Record<string, unknown>>,
  key: string,
  items: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  const opening = jsonText({ ...head, [key]: [] }).replace(/\]\}$/, '');
  let first = true;
  try {
    for await (const item of items) {
      yield first ? `${opening}\n${item}` : `,\n${item}`;
      first = false;
    }
  } catch (error) {
    if (first || error instanceof OutputClosed) throw error;
    const failure = failureOf(error, (text) => streams.redact(text));
    yield `\n],${jsonText(errorDocument(failure)).slice(1)}\n`;
    throw error;
  }
  yield first ? `${opening}]}\n` : '\n]}\n';
}
