import { parseDecimal, parseTimestamp, TIME_UNITS, type TimeUnit } from 'tickloom/plugin/core';

/** What a model has for a field. */
export type FieldValue = number | bigint | string | null;

/** A field on the wire, as far as its values go. */
export interface WireValue {
  readonly name: string;
  readonly type: string;
  /** Bytes. */
  readonly size: number;
  /** The number that means "not set", where there is one. */
  readonly undef?: bigint;
}

export interface FieldReader {
  /** The value that a text is; `undefined` when it is none. `null` is an empty cell. */
  readonly read: (text: string | null) => FieldValue | undefined;
  /** For an error: "needs …". */
  readonly expected: string;
  readonly hint: string;
}

/** `1e-2`: whole numbers of hundredths. */
const SCALE = /^1e-([0-9])$/;
const CORRECT = 'Correct the line, or the mapping of columns.';

/** True when the unit is one that a field of this type can have. */
export function isUnitOf(type: string, unit: string): boolean {
  if (type === 'timestamp') return (TIME_UNITS as readonly string[]).includes(unit);
  return type === 'price' && (unit === 'decimal' || SCALE.test(unit));
}

/** How the texts of a field become its values, exactly. @param unit one that {@link isUnitOf} accepts */
export function fieldReader(field: WireValue, unit: string | undefined): FieldReader {
  switch (field.type) {
    case 'char':
      return {
        expected: 'one character of one byte',
        hint: 'Map longer words with the source option "words".',
        ...checked((text) => (text.length === 1 && text.charCodeAt(0) <= 255 ? text : undefined), null),
      };
    case 'cstr':
      return {
        expected: `text of at most ${field.size - 1} bytes`,
        hint: CORRECT,
        ...checked((text) => (Buffer.byteLength(text) < field.size && !text.includes('\0') ? text : undefined), ''),
      };
    case 'timestamp':
      return timestampReader(field, (unit ?? 'iso') as TimeUnit);
    case 'price': {
      const scale = Number(SCALE.exec(unit ?? '')?.[1] ?? 0);
      return numberReader(field, 'a decimal price with at most nine decimals', (text) => parseDecimal(text, 9 - scale));
    }
    default:
      return numberReader(field, `a whole number of ${field.size} bytes`, (text) => parseDecimal(text, 0));
  }
}

function timestampReader(field: WireValue, unit: TimeUnit): FieldReader {
  const what = unit === 'iso' ? 'a time as 2024-01-09T14:30:00.123456789Z' : `a time in ${unit} since 1970`;
  const hint = `Correct the line, or say with the source option "units.${field.name}" how it is written: ${TIME_UNITS.join(', ')}.`;
  return { ...numberReader(field, what, (text) => parseTimestamp(text, unit)), hint };
}

function numberReader(field: WireValue, what: string, parse: (text: string) => bigint | undefined): FieldReader {
  const { size, undef } = field;
  const signed = field.type.startsWith('i') || field.type === 'price';
  const bits = BigInt(size * 8);
  const [least, most] = signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
  const isWide = size === 8;
  return {
    expected: undef === undefined ? `${what}, and cannot be empty` : `${what}, or nothing`,
    hint: CORRECT,
    ...checked(
      (text) => {
        const value = parse(text.trim());
        // the number that means "not set" is none that can be given
        if (value === undefined || value < least || value > most || value === undef) return undefined;
        return isWide ? value : Number(value);
      },
      undef === undefined ? undefined : null,
    ),
  };
}

function checked(
  read: (text: string) => FieldValue | undefined,
  empty: FieldValue | undefined,
): Pick<FieldReader, 'read'> {
  return { read: (text) => (text === null || text === '' ? empty : read(text)) };
}
