import { lineError } from './line-error.js';
import type { ReadRows } from './mapped-records.js';
import type { Mapping } from './mapping.js';
import { textLines } from './text-lines.js';

/** A string, or a number outside of strings. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Reads a JSON object a line. A column is the name of a member, or a path of names with dots; one that is missing is
 * `null`.
 * @throws LINE_INVALID
 */
export function jsonRows({ columns }: Mapping): ReadRows {
  return async function* (source, bytes) {
    for await (const list of textLines(source, bytes)) {
      yield list
        .filter(({ text }) => text.trim() !== '')
        .map(({ line, text }) => {
          const object = objectIn(text);
          if (object === undefined) {
            throw lineError({ source, line }, 'is no JSON object', 'Write one JSON object a line.', text.trim());
          }
          const cells = columns.map((column) => {
            const value = memberOf(object, column);
            if (value === undefined || value === null) return null;
            if (typeof value === 'object') {
              const what = Array.isArray(value) ? 'is a list' : 'is an object';
              throw lineError({ source, line, column }, what, 'Map a member that holds a plain value.');
            }
            return typeof value === 'string' ? value : String(value === true);
          });
          return { line, cells };
        });
    }
  };
}

/** Its numbers as the text that they were, so that they stay exact. */
function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    // the text itself is judged, before anything in it is changed
    JSON.parse(text);
    const value: unknown = JSON.parse(text.replace(TOKEN, (token) => (token.startsWith('"') ? token : `"${token}"`)));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function memberOf(object: Record<string, unknown>, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  const dot = path.indexOf('.');
  if (dot === -1) return undefined;
  const [name, rest] = [path.slice(0, dot), path.slice(dot + 1)];
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof inner === 'object' && inner !== null ? memberOf(inner as Record<string, unknown>, rest) : undefined;
}
