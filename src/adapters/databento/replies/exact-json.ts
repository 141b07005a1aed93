/** A number of a JSON text as it was written there, so that money and counts never pass through a float. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

/** A string, or a number outside of strings. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Put before every string of the text, so that what carries none was a number. */
const MARK = '#';

/**
 * Parses JSON with every number as a {@link JsonNumber}.
 * @throws SyntaxError
 */
export function parseExactJson(text: string): unknown {
  // The text itself is judged, before anything in it is changed.
  JSON.parse(text);
  const marked = text.replace(TOKEN, (token) => (token.startsWith('"') ? `"${MARK}${token.slice(1)}` : `"${token}"`));
  return unmark(JSON.parse(marked));
}

/** Takes the marks off strings and names. */
function unmark(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(MARK) ? value.slice(1) : new JsonNumber(value);
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name.slice(1), unmark(entry)]));
}
