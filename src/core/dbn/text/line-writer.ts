import { TickloomError } from '../../errors/index.js';
import { LENGTH_UNIT, TS_OUT_SIZE } from '../constants.js';
import { fieldOf } from '../layout/field-of.js';
import type { RecordLayout } from '../layout/record-layout.js';
import type { RecordBatch } from '../record-batch.js';
import { csvField } from './escapes.js';
import { TextBuffer } from './text-buffer.js';
import {
  longestText,
  timestampWriter,
  valueWriter,
  type TextFormat,
  type TextOptions,
  type ValueWriter,
} from './value-writers.js';

export interface LineWriterOptions extends TextOptions {
  /** Adds the gateway's send time as the last field of the record: the stream's metadata says `ts_out`. */
  readonly tsOut?: boolean;
  /** Adds a last field `symbol`: what this gives for a record, empty or null when it gives nothing. */
  readonly symbolOf?: (batch: RecordBatch, index: number) => string | null | undefined;
}

/** What is printed before a value, and the value. */
interface Step {
  readonly before: Uint8Array;
  readonly write: ValueWriter;
  readonly offset: number;
}

const NEWLINE = 0x0a;
const LEVEL_FIELD = /^(.+)_(\d\d)$/;
const HEADER_FIELDS = ['ts_event', 'rtype', 'publisher_id', 'instrument_id'];
const LONGEST_TIMESTAMP = 64;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Prints records of one layout as lines of csv or json, byte for byte as the vendor's own encoder does (but for two
 * escapes of its json that are not valid). What can be worked out once is worked out here: names, order, nesting,
 * and the way to print each field.
 */
export class LineWriter {
  readonly layout: RecordLayout;
  readonly format: TextFormat;
  readonly #options: LineWriterOptions;
  readonly #steps: readonly Step[];
  readonly #writeTsOut: ValueWriter;
  readonly #afterFields: Uint8Array;
  readonly #beforeTsOut: Uint8Array;
  readonly #beforeSymbol: Uint8Array;
  readonly #end: Uint8Array;
  readonly #longestLine: number;
  readonly #buffer = new TextBuffer();
  readonly #symbols = new Map<string, Uint8Array>();

  constructor(layout: RecordLayout, format: TextFormat, options: LineWriterOptions = {}) {
    this.layout = layout;
    this.format = format;
    this.#options = options;
    const json = format === 'jsonl';
    const { steps, after } = json ? jsonSteps(layout, options) : csvSteps(layout, options);
    this.#steps = steps;
    this.#afterFields = encoder.encode(after);
    this.#writeTsOut = timestampWriter(format, options);
    this.#beforeTsOut = encoder.encode(json ? ',"ts_out":' : ',');
    this.#beforeSymbol = encoder.encode(json ? ',"symbol":' : ',');
    this.#end = encoder.encode(json ? '}' : '');
    this.#longestLine =
      layout.fields.reduce((sum, field) => sum + field.name.length + 16 + longestText(field), 0) + LONGEST_TIMESTAMP;
  }

  /** The line of column names, with its newline; empty for json. */
  get header(): string {
    if (this.format === 'jsonl') return '';
    const { tsOut = false, symbolOf } = this.#options;
    const names = [
      ...this.layout.textOrder,
      ...(tsOut ? ['ts_out'] : []),
      ...(symbolOf === undefined ? [] : ['symbol']),
    ];
    return `${names.join(',')}\n`;
  }

  /**
   * The lines of records `from` to `to` (exclusive) of a batch of this layout, in UTF-8. Valid until the next call.
   * @throws INVARIANT for a batch of another layout
   */
  encode(batch: RecordBatch, from = 0, to = batch.count): Uint8Array {
    if (batch.layout !== this.layout) {
      const found = batch.layout?.name ?? `rtype ${batch.rtype}`;
      throw new TickloomError(
        'INVARIANT',
        `a batch of "${found}" was given to a writer of "${this.layout.name}" lines`,
      );
    }
    const buffer = this.#buffer;
    buffer.length = 0;
    for (let index = from; index < to; index++) this.#line(batch, index);
    return buffer.bytes.subarray(0, buffer.length);
  }

  /** The same as a string. */
  text(batch: RecordBatch, from = 0, to = batch.count): string {
    return decoder.decode(this.encode(batch, from, to));
  }

  #line(batch: RecordBatch, index: number): void {
    const buffer = this.#buffer;
    const { view } = batch;
    const record = batch.offsets[index] as number;
    buffer.reserve(this.#longestLine);
    for (const step of this.#steps) {
      buffer.raw(step.before);
      step.write(buffer, view, record + step.offset);
    }
    buffer.raw(this.#afterFields);
    if (this.#options.tsOut === true) {
      buffer.raw(this.#beforeTsOut);
      this.#writeTsOut(buffer, view, record + view.getUint8(record) * LENGTH_UNIT - TS_OUT_SIZE);
    }
    if (this.#options.symbolOf !== undefined) {
      const symbol = this.#symbolText(this.#options.symbolOf(batch, index) ?? null);
      buffer.reserve(symbol.length + LONGEST_TIMESTAMP);
      buffer.raw(this.#beforeSymbol);
      buffer.raw(symbol);
    }
    buffer.raw(this.#end);
    buffer.byte(NEWLINE);
  }

  /** Symbols repeat, so their text is kept. */
  #symbolText(symbol: string | null): Uint8Array {
    const key = symbol ?? '\0';
    let text = this.#symbols.get(key);
    if (text === undefined) {
      text = encoder.encode(this.format === 'csv' ? csvField(symbol ?? '') : JSON.stringify(symbol));
      this.#symbols.set(key, text);
    }
    return text;
  }
}

function step(layout: RecordLayout, name: string, before: string, format: TextFormat, options: TextOptions): Step {
  const field = fieldOf(layout, name);
  return { before: encoder.encode(before), write: valueWriter(field, format, options), offset: field.offset };
}

function csvSteps(layout: RecordLayout, options: TextOptions): { steps: Step[]; after: string } {
  const steps = layout.textOrder.map((name, index) => step(layout, name, index === 0 ? '' : ',', 'csv', options));
  return { steps, after: '' };
}

/** The header's fields stand in an object `hd`, those of a book in a list of objects `levels`. */
function jsonSteps(layout: RecordLayout, options: TextOptions): { steps: Step[]; after: string } {
  const steps: Step[] = [];
  let before = '{';
  let level = '';
  for (const name of layout.textOrder) {
    const [, levelName, number] = LEVEL_FIELD.exec(name) ?? [];
    if (levelName !== undefined && number !== undefined && number !== level) {
      before = level === '' ? `${before}"levels":[{` : '},{';
      level = number;
    }
    if (name === HEADER_FIELDS[0]) before += '"hd":{';
    steps.push(step(layout, name, `${before}"${levelName ?? name}":`, 'jsonl', options));
    before = name === HEADER_FIELDS.at(-1) ? '},' : ',';
  }
  const open = before.slice(0, -1);
  return { steps, after: level === '' ? open : '}]' };
}
