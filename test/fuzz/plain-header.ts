import { SCHEMA_NAMES } from '../../src/core/dbn/schemas.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';

/** A header, read field by field at its documented place. */
export interface PlainHeader {
  readonly version: DbnVersion;
  /** Bytes, the prelude included. */
  readonly size: number;
  readonly dataset: string;
  readonly schema: string | null;
  readonly stypeIn: number;
  readonly stypeOut: number;
  readonly symbols: readonly string[];
  readonly mappings: readonly { rawSymbol: string; from: number; to: number; symbol: string }[];
  /** Whether there is any interval, also an empty one. */
  readonly mapsSomething: boolean;
  /** Symbol-mapping records among the records: symbols cannot be told from the header alone. */
  readonly live: boolean;
}

const INSTRUMENT_ID = 0;
const RAW_SYMBOL = 1;
const CONTINUOUS = 3;
const SYMBOL_MAPPING_RTYPE = 0x16;

export function readHeader(bytes: Buffer): PlainHeader {
  const version = bytes[3] as DbnVersion;
  const size = 8 + bytes.readUInt32LE(4);
  const schemaNumber = bytes.readUInt16LE(24);
  const stypes = version === 1 ? 58 : 50;
  const width = version === 1 ? 22 : bytes.readUInt16LE(53);
  let at = 112;
  const number = (): number => bytes.readUInt32LE((at += 4) - 4);
  const text = (): string => trimmed(bytes.subarray(at, (at += width)));
  const list = <T>(item: () => T): T[] => Array.from({ length: number() }, item);
  const symbols = list(text);
  list(text);
  list(text);
  let mapsSomething = false;
  const mappings = list(() => {
    const rawSymbol = text();
    const intervals = list(() => ({ rawSymbol, from: number(), to: number(), symbol: text() }));
    mapsSomething ||= intervals.length > 0;
    return intervals;
  }).flat();
  let live = false;
  for (let record = size; record < bytes.length; record += (bytes[record] as number) * 4) {
    live ||= bytes[record + 1] === SYMBOL_MAPPING_RTYPE;
  }
  return {
    version,
    size,
    dataset: trimmed(bytes.subarray(8, 24)),
    schema: schemaNumber === 0xffff ? null : (SCHEMA_NAMES[schemaNumber] ?? `unknown-${schemaNumber}`),
    stypeIn: bytes[stypes] as number,
    stypeOut: bytes[stypes + 1] as number,
    symbols,
    mappings,
    mapsSomething,
    live,
  };
}

type SymbolOf = (instrumentId: number, time: bigint, own: string) => string;

/** The ladder of symbols; `undefined` when mapping records steer it. */
export function symbolsOf(header: PlainHeader): SymbolOf | undefined {
  if (header.live) return undefined;
  const { stypeIn, stypeOut, symbols } = header;
  const known: { id: number; symbol: string; from: string; to: string }[] = [];
  for (const { rawSymbol, from, to, symbol } of header.mappings) {
    if (symbol === '' || from === to) continue;
    if (stypeOut === INSTRUMENT_ID) known.push({ id: Number(symbol), symbol: rawSymbol, ...days(from, to) });
    else if (stypeIn === INSTRUMENT_ID) known.push({ id: Number(rawSymbol), symbol, ...days(from, to) });
  }
  const [only] = symbols;
  const singular = stypeIn === RAW_SYMBOL || stypeIn === CONTINUOUS;
  const requested =
    singular && symbols.length === 1 && only !== '' && only !== 'ALL_SYMBOLS' && !header.mapsSomething
      ? only
      : undefined;
  return (instrumentId, time, own) => {
    const day = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 10);
    const fitting = known.filter(({ id, from, to }) => id === instrumentId && from <= day && day < to);
    // The later start wins, then the later mapping.
    const mapped = fitting.reduce<(typeof known)[number] | undefined>(
      (best, next) => (best === undefined || next.from >= best.from ? next : best),
      undefined,
    );
    if (mapped !== undefined) return mapped.symbol;
    if (own !== '') return own;
    if (requested !== undefined) return requested;
    return instrumentId === 0 ? 'UNKNOWN_SYMBOL' : `INSTRUMENT_${instrumentId}`;
  };
}

/** A start of 0 and an end of the largest number are no bounds. */
function days(from: number, to: number): { from: string; to: string } {
  return { from: iso(from), to: iso(to) };
}

function iso(date: number): string {
  const digits = String(date).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

function trimmed(bytes: Buffer): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
}
