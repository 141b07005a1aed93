import { NO_STYPE, stypeName } from '../dbn/stypes.js';
import { readField } from '../dbn/record/read-record.js';
import type { RecordLayout } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import { UNDEF_TIMESTAMP } from '../dbn/constants.js';
import { FIRST_DAY, LAST_DAY, mergeDays, type InstrumentMapping } from './instrument-mapping.js';
import type { SymbologyInterval } from './symbology-interval.js';
import { dateOfDay, dayOfNanos, NS_PER_DAY } from './utc-day.js';

/** What a symbol-mapping record says. */
export interface ObservedMapping {
  readonly mapping: InstrumentMapping;
  /** Symbology of the symbol, `null` when the record does not say. */
  readonly stype: string | null;
  /** True for the symbol that rows get, false for the one it was asked by. */
  readonly resolves: boolean;
}

/**
 * The mappings of one symbol-mapping record: the symbol that rows get (the output symbol unless it is all digits, then
 * the input symbol), and the symbol that was asked for where that is another one.
 */
export function mappingsOfRecord(batch: RecordBatch, layout: RecordLayout, index: number): ObservedMapping[] {
  const offset = batch.offsets[index] as number;
  const values: Record<string, unknown> = {};
  for (const field of layout.fields) values[field.name] = readField(field, batch.view, offset);
  const instrumentId = values.instrument_id as number;
  const start = startDay(values.start_ts as bigint);
  const end = endDay(values.end_ts as bigint);
  const input = values.stype_in_symbol as string;
  const output = values.stype_out_symbol as string;
  const inputStype = stypeName((values.stype_in as number | undefined) ?? NO_STYPE);
  const outputStype = stypeName((values.stype_out as number | undefined) ?? NO_STYPE);
  if (end <= start) return [];
  const observed = (symbol: string, stype: string | null, resolves: boolean): ObservedMapping[] =>
    symbol === '' ? [] : [{ mapping: { instrumentId, symbol, start, end }, stype, resolves }];
  if (/^\d*$/.test(output)) return observed(input, inputStype, true);
  return [...observed(output, outputStype, true), ...(input === output ? [] : observed(input, inputStype, false))];
}

function startDay(ns: bigint): number {
  return ns === UNDEF_TIMESTAMP ? FIRST_DAY : dayOfNanos(ns);
}

/** Only whole days are kept: a mapping that ends during a day holds for that day. 0 is what "no end" was written as. */
function endDay(ns: bigint): number {
  if (ns === UNDEF_TIMESTAMP || ns === 0n) return LAST_DAY;
  return dayOfNanos(ns) + (ns % NS_PER_DAY === 0n ? 0 : 1);
}

/** How far back a repeated mapping is looked for: far enough for a gateway, and no cost for a long header. */
const REPEATS_SEEN = 16;

/** Collects what maps to what, for the `symbology` table. */
export class SymbologyCollector {
  readonly #dataset: string;
  readonly #stypeIn: string | null;
  readonly #byKey = new Map<string, { stypeIn: string; mappings: InstrumentMapping[] }>();

  constructor(dataset: string, stypeIn: string | null) {
    this.#dataset = dataset;
    this.#stypeIn = stypeIn;
  }

  add(mapping: InstrumentMapping, stype: string | null): void {
    const stypeIn = stype ?? this.#stypeIn ?? 'unknown';
    const key = `${stypeIn}\0${mapping.symbol}\0${mapping.instrumentId}`;
    const known = this.#byKey.get(key);
    if (known === undefined) {
      this.#byKey.set(key, { stypeIn, mappings: [mapping] });
      return;
    }
    const covers = (other: InstrumentMapping): boolean => other.start <= mapping.start && other.end >= mapping.end;
    // gateways repeat mappings: what is known already takes no more memory
    if (!known.mappings.slice(-REPEATS_SEEN).some(covers)) known.mappings.push(mapping);
  }

  /** Sorted by symbol, id and date; intervals of one key that touch or overlap are one. */
  intervals(): SymbologyInterval[] {
    const keys = [...this.#byKey.keys()].sort();
    return keys.flatMap((key) => {
      const { stypeIn, mappings } = this.#byKey.get(key) as { stypeIn: string; mappings: InstrumentMapping[] };
      const { symbol, instrumentId } = mappings[0] as InstrumentMapping;
      return mergeDays(mappings).map(({ start, end }) => ({
        dataset: this.#dataset,
        stypeIn,
        symbol,
        instrumentId,
        startDate: start === FIRST_DAY ? '-infinity' : dateOfDay(start),
        endDate: end === LAST_DAY ? 'infinity' : dateOfDay(end),
      }));
    });
  }
}
