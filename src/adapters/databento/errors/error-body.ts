import { plainText } from './plain-text.js';

/** What the body of an error reply says, whichever of its shapes it has. */
export interface ErrorBody {
  /** The vendor's stable name of the error: `data_end_after_available_end`. */
  readonly case: string | null;
  /** One line; empty when the body said nothing. */
  readonly message: string;
  /** Address of a page that explains it. */
  readonly docs: string | null;
  /** What the error names: `available_end` … */
  readonly payload: Readonly<Record<string, string | number | boolean | null>>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads an error body: `detail` as a string, as an object {case, message, docs, payload} or as an array of validation
 * errors; or HTML, plain text, nothing.
 */
export function readErrorBody(text: string): ErrorBody {
  const detail = detailOf(text);
  if (typeof detail === 'string') return said(detail);
  if (Array.isArray(detail)) return said(detail.map(validationError).join('; '));
  if (!isObject(detail)) return said(text);
  const name = textOf(detail.case);
  return {
    case: name === null ? null : plainText(name),
    message: plainText(textOf(detail.message) ?? (name === null ? text : '')),
    docs: docsOf(detail.docs),
    payload: isObject(detail.payload) ? scalars(detail.payload) : {},
  };
}

const said = (text: string): ErrorBody => ({ case: null, message: plainText(text), docs: null, payload: {} });

function detailOf(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) ? body.detail : undefined;
  } catch {
    return undefined;
  }
}

/** `{ loc: ["query", "start"], msg: "field required" }` as `query.start: field required`. */
function validationError(entry: unknown): string {
  if (!isObject(entry)) return typeof entry === 'string' ? entry : JSON.stringify(entry);
  const where = Array.isArray(entry.loc) ? entry.loc.map(String).join('.') : '';
  const what = textOf(entry.msg) ?? textOf(entry.type) ?? 'not valid';
  return where === '' ? what : `${where}: ${what}`;
}

function scalars(payload: JsonObject): ErrorBody['payload'] {
  const kept: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(payload)) {
    if (!/^\w{1,40}$/.test(name) || name === '__proto__') continue;
    if (typeof value === 'string') kept[name] = plainText(value);
    else if (typeof value === 'number' || typeof value === 'boolean' || value === null) kept[name] = value;
  }
  return kept;
}

function docsOf(value: unknown): string | null {
  const text = textOf(value);
  return text !== null && /^https:\/\/[!-~]{1,200}$/.test(text) ? text : null;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
