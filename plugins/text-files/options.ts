import { optionError } from './option-error.js';

/** Options as they came, from a command line (text) or a config file (anything), read as what they are meant to be. */
export class Options {
  constructor(
    private readonly given: Readonly<Record<string, unknown>>,
    private readonly path = '',
  ) {}

  /** @throws SOURCE_OPTION_INVALID when there are others than these */
  refuseOthers(known: readonly string[]): void {
    const other = Object.keys(this.given).find((name) => !known.includes(name));
    if (other !== undefined) throw optionError(this.#path(other), 'is not known', `Use ${known.join(', ')}.`);
  }

  text(name: string): string | undefined {
    const value = this.given[name];
    if (value === undefined || value === null) return undefined;
    return plainText(this.#path(name), value);
  }

  required(name: string, hint: string): string {
    const text = this.text(name);
    if (text === undefined || text === '') throw optionError(this.#path(name), 'is missing', hint);
    return text;
  }

  yesOrNo(name: string, otherwise: boolean): boolean {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return otherwise;
    if (['true', 'yes', 'on', '1'].includes(text)) return true;
    if (['false', 'no', 'off', '0'].includes(text)) return false;
    throw optionError(this.#path(name), `is "${text}", expected yes or no`, 'Write yes or no.');
  }

  /** A list, or a text of words with blanks between them. */
  list(name: string): string[] {
    const value = this.given[name];
    if (Array.isArray(value)) return value.map((item) => plainText(this.#path(name), item));
    return (this.text(name) ?? '').split(/\s+/).filter((word) => word !== '');
  }

  /** `null` when it is not there. */
  section(name: string): Options | null {
    const value = this.given[name];
    if (value === undefined || value === null) return null;
    if (typeof value === 'object' && !Array.isArray(value)) {
      return new Options(value as Record<string, unknown>, this.#path(name));
    }
    throw optionError(
      this.#path(name),
      'holds no names',
      `Write ${this.#path(name)}.NAME=VALUE, or a mapping in the file.`,
    );
  }

  /** Plain values by name. */
  texts(name: string): ReadonlyMap<string, string> {
    const section = this.section(name);
    if (section === null) return new Map();
    const texts = Object.keys(section.given).map((each) => [each, section.text(each)] as const);
    return new Map(texts.filter((entry): entry is [string, string] => entry[1] !== undefined));
  }

  /** Plain values by name, in groups by name. */
  groups(name: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
    const section = this.section(name);
    const names = section === null ? [] : Object.keys(section.given);
    return new Map(names.map((each) => [each, section?.texts(each) ?? new Map<string, string>()]));
  }

  #path(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

function plainText(path: string, value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  // YAML reads an unquoted time as a Date
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw optionError(path, 'holds no plain value', 'Write a text or a number.');
}
