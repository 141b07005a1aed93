import { inspect } from 'node:util';
import { TickloomError } from '../../core/errors/index.js';

/** 32 printable ASCII characters, the first three `db-`. A colon would end the user name of Basic authentication. */
const FORM = /^db-[!-9;-~]{29}$/;
const PLACEHOLDER = /^\$?\{?YOUR_API_KEY\}?$/i;
const MASK = 'db-***';
const HINT = 'Set DATABENTO_API_KEY, or name a file that holds the key with --api-key-file.';

/**
 * A Databento API key. It shows itself in nothing that is printed, logged or turned into JSON: the text leaves this
 * object in the header that goes to the gateway, and nowhere else.
 */
export class ApiKey {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /**
   * Checks the form of a key.
   *
   * @param origin where the text comes from, for the error: `the environment variable DATABENTO_API_KEY`
   * @throws API_KEY_INVALID, which never repeats the text
   */
  static parse(text: string, origin: string): ApiKey {
    const key = text.trim();
    const fault = faultOf(key);
    if (fault === undefined) return new ApiKey(key);
    throw new TickloomError('API_KEY_INVALID', `cannot use the API key in ${origin}, because ${fault}`, {
      hint: fault.startsWith('it is the placeholder') ? 'Put your own key in its place.' : HINT,
      context: { origin },
    });
  }

  /** What a call without any key ends with. */
  static missing(): TickloomError {
    return new TickloomError('API_KEY_INVALID', 'cannot ask the Historical API: there is no API key', { hint: HINT });
  }

  /** Value of the header `Authorization`: Basic, the key as user, no password. */
  authorization(): string {
    return `Basic ${this.#encoded()}`;
  }

  /** Takes the key out of a text from outside, should a server or a library have repeated it. */
  redact(text: string): string {
    return text.replaceAll(this.#text, MASK).replaceAll(this.#encoded(), '***');
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return `ApiKey(${MASK})`;
  }

  #encoded(): string {
    return Buffer.from(`${this.#text}:`).toString('base64');
  }
}

function faultOf(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (PLACEHOLDER.test(key)) return 'it is the placeholder of an example';
  if (FORM.test(key)) return undefined;
  if (key.length !== 32) return `it has ${key.length} characters, expected 32`;
  return 'it is not "db-" and 29 printable ASCII characters';
}
