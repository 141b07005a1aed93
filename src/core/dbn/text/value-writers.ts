import type { WireField } from '../layout/record-layout.js';
import { CSV_CHARS, csvField, JSON_CHARS, writeCstr } from './escapes.js';
import type { TextBuffer } from './text-buffer.js';

export type TextFormat = 'csv' | 'jsonl';

/** How values are printed. */
export interface TextOptions {
  /** Prices as decimals with nine places, undefined ones empty; else as stored. */
  readonly prettyPx?: boolean;
  /** Times as ISO 8601 with nine decimals, undefined ones and 0 empty; else as stored. */
  readonly prettyTs?: boolean;
}

/** Prints the value at a position of the view. */
export type ValueWriter = (out: TextBuffer, view: DataView, at: number) => void;

const QUOTE = 0x22;
const NULL = Uint8Array.from('null', (letter) => letter.charCodeAt(0));
const MAX_U32 = 0xffff_ffff;
const MAX_I64_HIGH = 0x7fff_ffff;

const high = (view: DataView, at: number): number => view.getUint32(at + 4, true);
const low = (view: DataView, at: number): number => view.getUint32(at, true);

const uint64: ValueWriter = (out, view, at) => out.uint64(high(view, at), low(view, at));
const int64: ValueWriter = (out, view, at) => out.int64(high(view, at), low(view, at));
const decimal: ValueWriter = (out, view, at) => out.price(high(view, at), low(view, at));
const isoTime: ValueWriter = (out, view, at) => out.timestamp(high(view, at), low(view, at));

const isUndefinedPrice = (view: DataView, at: number): boolean =>
  low(view, at) === MAX_U32 && high(view, at) === MAX_I64_HIGH;

/** 0 counts as no time too, when times are printed for people. */
function isUndefinedTime(view: DataView, at: number): boolean {
  const half = low(view, at);
  return (half === MAX_U32 || half === 0) && high(view, at) === half;
}

/** Between quotes in json, where a number of 64 bits would lose digits. */
function wide(format: TextFormat, write: ValueWriter): ValueWriter {
  if (format === 'csv') return write;
  return (out, view, at) => {
    out.byte(QUOTE);
    write(out, view, at);
    out.byte(QUOTE);
  };
}

/** Empty in csv and null in json when the value is undefined. */
function unless(
  isUndefined: (view: DataView, at: number) => boolean,
  format: TextFormat,
  write: ValueWriter,
): ValueWriter {
  const empty = format === 'csv' ? undefined : NULL;
  return (out, view, at) => {
    if (!isUndefined(view, at)) write(out, view, at);
    else if (empty !== undefined) out.raw(empty);
  };
}

export function timestampWriter(format: TextFormat, { prettyTs = false }: TextOptions): ValueWriter {
  return prettyTs ? unless(isUndefinedTime, format, wide(format, isoTime)) : wide(format, uint64);
}

/** Prints values of the field's type as the vendor's own encoder does. Reserved bytes are never printed. */
export function valueWriter(field: WireField, format: TextFormat, options: TextOptions): ValueWriter {
  switch (field.type) {
    case 'u8':
      return (out, view, at) => out.uint(view.getUint8(at));
    case 'i8':
      return (out, view, at) => out.int(view.getInt8(at));
    case 'u16':
      return (out, view, at) => out.uint(view.getUint16(at, true));
    case 'i16':
      return (out, view, at) => out.int(view.getInt16(at, true));
    case 'u32':
      return (out, view, at) => out.uint(view.getUint32(at, true));
    case 'i32':
      return (out, view, at) => out.int(view.getInt32(at, true));
    case 'u64':
      return wide(format, uint64);
    case 'i64':
      return wide(format, int64);
    case 'price':
      return options.prettyPx === true ? unless(isUndefinedPrice, format, wide(format, decimal)) : wide(format, int64);
    case 'timestamp':
      return timestampWriter(format, options);
    case 'char': {
      const texts = format === 'csv' ? CSV_CHARS : JSON_CHARS;
      return (out, view, at) => out.raw(texts[view.getUint8(at)] as Uint8Array);
    }
    case 'cstr': {
      const print = format === 'csv' ? csvField : (text: string) => JSON.stringify(text);
      return (out, view, at) => writeCstr(out, view, at, field.size, print, format === 'jsonl');
    }
    case 'bytes':
      return () => undefined;
  }
}

/** The most bytes that a value of the field takes in either format. */
export const longestText = (field: WireField): number => (field.type === 'cstr' ? 6 * field.size + 2 : 40);
