import type { ValidationError } from 'class-validator';
import { validateSync } from '../../../core/validation/class-validator-parts.js';
import { TickloomError } from '../../../core/errors/index.js';
import { brokenReply, notesOf, type Asked } from '../errors/attempt-failures.js';
import { plainText } from '../errors/plain-text.js';
import { readText } from '../calls/read-text.js';
import type { HttpReply } from '../transport/http-transport.js';
import { JsonNumber, parseExactJson } from './exact-json.js';
import { instanceOf, type ReplyClass } from './fields.js';

/** No reply of the API is near this; one that is would only fill the memory. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Reads a body as JSON.
 * @throws FailedAttempt for a body that is cut or no JSON, TransportFailure, REPLY_INVALID
 */
export async function readJson(reply: HttpReply, asked: Asked): Promise<JsonReply> {
  const { text: received, whole } = await readText(reply.body, MOST_BYTES);
  const text = asked.redact(received);
  if (!whole) throw invalid(asked, reply, '', `it has more than ${MOST_BYTES} bytes`);
  try {
    return new JsonReply(parseExactJson(text), asked, reply);
  } catch {
    const why = text.trim() === '' ? 'the reply is empty' : 'the reply is no JSON, or ends early';
    throw brokenReply(asked, reply, why, plainText(text.slice(0, 2000)));
  }
}

/** The JSON of one reply, and the way from it to checked objects. */
export class JsonReply {
  constructor(
    readonly json: unknown,
    private readonly asked: Asked,
    private readonly reply: HttpReply,
  ) {}

  /** One object. @throws REPLY_INVALID, which names the endpoint and the field */
  object<T extends object>(type: ReplyClass<T>, value: unknown = this.json, path = ''): T {
    const instance = instanceOf(type, value);
    if (!(instance instanceof type)) throw this.invalid(path, `expected an object, found ${kindOf(value)}`);
    const [fault] = validateSync(instance, { forbidUnknownValues: false, validationError: { target: false } });
    if (fault !== undefined) throw this.#fault(fault, path, value);
    return instance;
  }

  /** A bare array of objects. */
  list<T extends object>(type: ReplyClass<T>, value: unknown = this.json, path = ''): readonly T[] {
    if (!Array.isArray(value)) throw this.invalid(path, `expected an array, found ${kindOf(value)}`);
    return value.map((entry, index) => this.object(type, entry, `${path}[${index}]`));
  }

  /** A bare value, which the class declares as its one field `value`. */
  value<T extends { value: unknown }>(type: ReplyClass<T>): T['value'] {
    return this.object(type, { value: this.json }, '').value;
  }

  invalid(path: string, why: string): TickloomError {
    return invalid(this.asked, this.reply, path, why);
  }

  #fault({ property, constraints = {} }: ValidationError, path: string, source: unknown): TickloomError {
    const found = (source as Readonly<Record<string, unknown>>)[property];
    const [expected = 'is not as expected'] = Object.values(constraints);
    return this.invalid(path === '' ? property : `${path}.${property}`, `${expected}, found ${kindOf(found)}`);
  }
}

function invalid(asked: Asked, reply: HttpReply, path: string, why: string): TickloomError {
  const { notes, context } = notesOf(reply);
  const where = path === '' ? '' : `"${plainText(path)}" `;
  return new TickloomError(
    'REPLY_INVALID',
    `${asked.what}: the reply is not as documented, ${where}${why} (${notes.join(', ')})`,
    {
      hint: 'Update Tickloom; if this is the newest version, report what the message says.',
      context: { ...asked.context, ...context, field: path },
    },
  );
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (value instanceof JsonNumber) return plainText(value.text).slice(0, 40);
  if (typeof value === 'string') return `"${plainText(value).slice(0, 40)}"`;
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}
