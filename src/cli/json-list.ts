import { jsonText } from './json-text.js';
import { streams } from './session.js';

/**
 * The text of a JSON document with a long list in it, in pieces: `{ …head, "key": [ items ] }`. An error in the middle
 * is thrown, and whoever reports it ends the list: the document is whole all the same, and the error stands in it. An
 * error before the first item is the document alone.
 */
export async function* jsonList(
  head: Readonly<Record<string, unknown>>,
  key: string,
  items: AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  const opening = jsonText({ ...head, [key]: [] }).replace(/\]\}$/, '');
  let first = true;
  for await (const item of items) {
    streams.listOpen = true;
    yield first ? `${opening}\n${item}` : `,\n${item}`;
    first = false;
  }
  yield first ? `${opening}]}\n` : '\n]}\n';
  streams.listOpen = false;
}
