import {
  instrumentIdOf,
  modelOf,
  parseTimestamp,
  type SourceCoverage,
  type SourceRequest,
  type SourceSchema,
} from 'tickloom/plugin/core';
import { fieldReader, isUnitOf, type FieldReader, type FieldValue, type WireValue } from './field-value.js';
import { optionError } from './option-error.js';
import { Options } from './options.js';

/** A field that comes from a column. */
export interface MappedField extends FieldReader {
  readonly name: string;
  /** Index in {@link Mapping.columns}. */
  readonly cell: number;
}

/** How lines become records. */
export interface Mapping {
  readonly schema: SourceSchema;
  readonly dataset: string;
  /** The columns that are read, each once. */
  readonly columns: readonly string[];
  readonly fields: readonly MappedField[];
  /** What fields have that no column is mapped to. */
  readonly constants: Readonly<Record<string, FieldValue>>;
  /** The symbol of all lines, or the cell that it stands in; `null`: rows get theirs by instrument id. */
  readonly symbol: string | { readonly cell: number } | null;
  /** Instrument ids by symbol; `null`: they are made of the symbol. */
  readonly instruments: ReadonlyMap<string, number> | null;
  /** True when instrument ids come from a column or a constant. */
  readonly givesIds: boolean;
  readonly indexTimestamp: string;
  /** Texts that stand for "not set", besides nothing at all. */
  readonly nulls: ReadonlySet<string>;
  readonly covers: SourceCoverage | null;
  readonly delimiter: string;
  /** False when the first line is a record. */
  readonly header: boolean;
}

const SYMBOL = 'symbol';
const INSTRUMENT = 'instrument_id';
const SYMBOL_PLACE = 'Map it to a column with "columns", or give it one value with "values".';

/**
 * Reads the mapping that the options of a source hold.
 * @throws SOURCE_OPTION_INVALID, SCHEMA_UNKNOWN
 */
export function readMapping(request: SourceRequest): Mapping {
  const options = new Options(request.options);
  options.refuseOthers([
    ...['schema', 'dataset', 'columns', 'values', 'units', 'words', 'instruments', 'null', 'delimiter', 'header'],
    'range',
  ]);
  const schema = request.schema(options.required('schema', 'Name the schema that the lines are records of.'));
  const dataset = options.required('dataset', 'Name the dataset that the rows are to carry.');
  const model = modelOf(schema.model);
  const wires = new Map<string, WireValue>();
  for (const { field, wire } of model.bindings.get(3)?.fields ?? []) {
    if (wire !== null) wires.set(field.name, { ...wire, name: field.name });
  }
  const ofColumns = options.texts('columns');
  const ofValues = options.texts('values');
  const units = options.texts('units');
  const words = options.groups('words');
  checkNames(schema.name, wires, { columns: ofColumns, values: ofValues, units, words });

  const columns = [...new Set(ofColumns.values())];
  const instruments = instrumentsOf(options);
  const givesIds = ofColumns.has(INSTRUMENT) || ofValues.has(INSTRUMENT);
  const symbolColumn = ofColumns.get(SYMBOL);
  const symbol = symbolColumn === undefined ? (ofValues.get(SYMBOL) ?? null) : { cell: columns.indexOf(symbolColumn) };
  const fields: MappedField[] = [];
  const constants: Record<string, FieldValue> = {};
  const missing: string[] = [];
  for (const [name, wire] of wires) {
    const unit = units.get(name);
    if (unit !== undefined && !isUnitOf(wire.type, unit)) {
      const expected = wire.type === 'timestamp' ? 'iso, s, ms, us or ns' : 'decimal, or 1e-0 to 1e-9';
      const fits = ['timestamp', 'price'].includes(wire.type) ? `expected ${expected}` : 'and that field has none';
      throw optionError(`units.${name}`, `is "${unit}", ${fits}`, 'Correct or remove it.');
    }
    const reader = withWords(fieldReader(wire, unit), words.get(name));
    const column = ofColumns.get(name);
    const value = ofValues.get(name);
    if (column !== undefined) fields.push({ name, cell: columns.indexOf(column), ...reader });
    else if (value !== undefined) constants[name] = constant(name, value, reader);
    else if (wire.undef !== undefined || wire.type === 'char') constants[name] = null;
    else if (name !== INSTRUMENT || symbol === null) missing.push(name);
  }
  if (missing.length > 0) {
    const aside = missing.includes(INSTRUMENT) ? ' (or map "symbol")' : '';
    throw optionError('columns', `leaves out ${missing.join(', ')} of schema "${schema.name}"${aside}`, SYMBOL_PLACE);
  }
  const header = options.yesOrNo('header', true);
  const unnumbered = header ? undefined : columns.find((name) => !/^[1-9]\d{0,3}$/.test(name));
  if (unnumbered !== undefined) {
    throw optionError('columns', `names "${unnumbered}", and there is no line of names`, 'Number columns from 1.');
  }
  return {
    schema,
    dataset,
    columns,
    fields,
    constants,
    symbol,
    instruments,
    givesIds,
    indexTimestamp: model.indexTimestamp,
    nulls: new Set(options.list('null')),
    covers: coverageOf(options, { symbol, instruments, givesIds }),
    delimiter: delimiterOf(options),
    header,
  };
}

function checkNames(
  schema: string,
  wires: ReadonlyMap<string, WireValue>,
  sections: Readonly<Record<string, ReadonlyMap<string, unknown>>>,
): void {
  for (const [section, entries] of Object.entries(sections)) {
    const stranger = [...entries.keys()].find((name) => !wires.has(name) && name !== SYMBOL);
    if (stranger === undefined) continue;
    const known = [...wires.keys(), SYMBOL].join(', ');
    throw optionError(`${section}.${stranger}`, `is no field of schema "${schema}"`, `Name one of ${known}.`);
  }
}

function withWords(reader: FieldReader, words: ReadonlyMap<string, string> | undefined): FieldReader {
  if (words === undefined) return reader;
  return { ...reader, read: (text) => reader.read(text === null ? null : (words.get(text) ?? text)) };
}

function constant(name: string, text: string, reader: FieldReader): FieldValue {
  const value = reader.read(text);
  if (value !== undefined) return value;
  throw optionError(`values.${name}`, `is "${text}", expected ${reader.expected}`, 'Correct the value.');
}

function instrumentsOf(options: Options): ReadonlyMap<string, number> | null {
  const given = options.texts('instruments');
  if (given.size === 0) return null;
  return new Map([...given].map(([symbol, id]) => [symbol, instrumentId(`instruments.${symbol}`, id)]));
}

function instrumentId(option: string, text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text);
  throw optionError(option, `is "${text}", expected an instrument id`, 'Give a whole number from 0 to 4294967295.');
}

function coverageOf(
  options: Options,
  { symbol, instruments, givesIds }: Pick<Mapping, 'symbol' | 'instruments' | 'givesIds'>,
): SourceCoverage | null {
  const range = options.section('range');
  if (range === null) return null;
  range.refuseOthers(['start', 'end', 'symbols']);
  const time = (name: string): bigint => {
    const text = range.required(name, 'Give start and end, e.g. 2024-01-09; the end is exclusive.');
    const value = parseTimestamp(text, 'iso');
    if (value !== undefined && value >= 0n) return value;
    throw optionError(
      `range.${name}`,
      `is "${text}", expected a time`,
      'Write it as 2024-01-09 or 2024-01-09T14:30:00Z.',
    );
  };
  const [start, end] = [time('start'), time('end')];
  if (end <= start) throw optionError('range.end', 'is not behind "range.start"', 'The end is exclusive.');
  const names = range.list('symbols');
  if (names.length === 0)
    throw optionError('range.symbols', 'is missing', 'List the symbols that the file is complete for.');
  if (symbol === null) {
    const symbols = names.map((name) => ({ symbol: name, instrumentId: instrumentId('range.symbols', name) }));
    return { start, end, stypeIn: 'instrument_id', symbols };
  }
  if (givesIds && instruments === null) {
    throw optionError('range', 'needs the instrument ids of its symbols', 'List them with "instruments".');
  }
  const symbols = names.map((name) => ({ symbol: name, instrumentId: instruments?.get(name) ?? instrumentIdOf(name) }));
  return { start, end, stypeIn: 'raw_symbol', symbols };
}

function delimiterOf(options: Options): string {
  const text = options.text('delimiter') ?? ',';
  const delimiter = text === 'tab' ? '\t' : text === 'comma' ? ',' : text;
  if (delimiter.length === 1 && !'"\r\n'.includes(delimiter)) return delimiter;
  throw optionError(
    'delimiter',
    `is "${text}", expected one character, "tab" or "comma"`,
    'Name the character between cells.',
  );
}
