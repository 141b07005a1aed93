import { RTYPE } from './constants.js';

/** A market-data schema as the metadata numbers it, and the rtype of its records. */
interface SchemaEntry {
  readonly name: string;
  readonly rtype: number;
}

/** In the order of the numbers that stand for them in the metadata. */
const SCHEMAS = [
  { name: 'mbo', rtype: RTYPE.MBO },
  { name: 'mbp-1', rtype: RTYPE.MBP_1 },
  { name: 'mbp-10', rtype: RTYPE.MBP_10 },
  { name: 'tbbo', rtype: RTYPE.MBP_1 },
  { name: 'trades', rtype: RTYPE.TRADE },
  { name: 'ohlcv-1s', rtype: RTYPE.OHLCV_1S },
  { name: 'ohlcv-1m', rtype: RTYPE.OHLCV_1M },
  { name: 'ohlcv-1h', rtype: RTYPE.OHLCV_1H },
  { name: 'ohlcv-1d', rtype: RTYPE.OHLCV_1D },
  { name: 'definition', rtype: RTYPE.DEFINITION },
  { name: 'statistics', rtype: RTYPE.STATISTICS },
  { name: 'status', rtype: RTYPE.STATUS },
  { name: 'imbalance', rtype: RTYPE.IMBALANCE },
  { name: 'ohlcv-eod', rtype: RTYPE.OHLCV_EOD },
  { name: 'cmbp-1', rtype: RTYPE.CMBP_1 },
  { name: 'cbbo-1s', rtype: RTYPE.CBBO_1S },
  { name: 'cbbo-1m', rtype: RTYPE.CBBO_1M },
  { name: 'tcbbo', rtype: RTYPE.TCBBO },
  { name: 'bbo-1s', rtype: RTYPE.BBO_1S },
  { name: 'bbo-1m', rtype: RTYPE.BBO_1M },
] as const satisfies readonly SchemaEntry[];

export type SchemaName = (typeof SCHEMAS)[number]['name'];

/** The number that means "none or mixed". */
export const NO_SCHEMA = 0xffff;

const UNKNOWN = /^unknown-(\d{1,5})$/;

export const SCHEMA_NAMES: readonly SchemaName[] = SCHEMAS.map((schema) => schema.name);

const numbers = new Map<string, number>(SCHEMAS.map((schema, number) => [schema.name, number]));
const ofRtype = new Map<number, SchemaName>();
// the first schema of an rtype wins: 1 is mbp-1, never tbbo
for (const { name, rtype } of SCHEMAS) if (!ofRtype.has(rtype)) ofRtype.set(rtype, name);

/** The name for a number of the metadata: `null` for none or mixed, `unknown-<n>` for a number not known here. */
export function schemaName(number: number): string | null {
  return number === NO_SCHEMA ? null : (SCHEMAS[number]?.name ?? `unknown-${number}`);
}

/** The number for a name, the reverse of {@link schemaName}; `undefined` for a name that has none. */
export function schemaNumber(name: string | null): number | undefined {
  if (name === null) return NO_SCHEMA;
  const unknown = UNKNOWN.exec(name)?.[1];
  if (unknown === undefined) return numbers.get(name);
  return Number(unknown) < NO_SCHEMA && schemaName(Number(unknown)) === name ? Number(unknown) : undefined;
}

/** The rtype of a schema's records, e.g. 1 for `tbbo` as for `mbp-1`; `undefined` for a name not known here. */
export function rtypeOfSchema(name: string): number | undefined {
  return SCHEMAS.find((schema) => schema.name === name)?.rtype;
}

/** The schema that an rtype belongs to when nothing but the record is known: 1 gives `mbp-1`, never `tbbo`. */
export function schemaOfRtype(rtype: number): SchemaName | undefined {
  return ofRtype.get(rtype);
}
