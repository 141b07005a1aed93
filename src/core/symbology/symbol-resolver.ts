import type { Metadata } from '../dbn/metadata.js';
import type { WireField } from '../dbn/layout/record-layout.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { InstrumentSymbol } from '../historical/instrument-symbol.js';
import { noSymbols, type SymbolCounts } from '../report/counts.js';
import { DayCache } from './day-cache.js';
import { checkSymbol, instrumentMappings, mappingOf, type InstrumentMapping } from './instrument-mapping.js';
import { InstrumentTimeline } from './instrument-timeline.js';
import { SymbolCells } from './symbol-cells.js';
import type { SymbologyInterval } from './symbology-interval.js';
import { mappingsOfRecord, SymbologyCollector } from './symbology-collector.js';
import { UnnamedDays } from './unnamed-days.js';
import { dayOfHalves } from './utc-day.js';

/** Where a record says what its symbol is looked up by. */
export interface SymbolFields {
  /** Bytes from the record's start to its index timestamp. */
  readonly indexTimestampOffset: number;
  /** The text field that is the record's own symbol, `null` when it has none. */
  readonly ownSymbol: WireField | null;
}

const INSTRUMENT_ID_OFFSET = 4;
/** The header's value when a record is about no instrument: what a gateway writes into records of its own. */
const NO_INSTRUMENT_ID = 0;
const ALL_SYMBOLS = 'ALL_SYMBOLS';
/** Symbologies in which one requested symbol means one instrument at a time. */
const SINGULAR_STYPES = ['raw_symbol', 'continuous'];
/** Cells are forgotten beyond this many bytes: fallback symbols have no bound of their own. */
const CELL_BYTES_MAX = 8 << 20;

/** The steps of the ladder, in the order of their numbers below. */
const STEPS = ['mapped', 'record', 'requested', 'fallback', 'unknown'] as const satisfies (keyof SymbolCounts)[];
const [MAPPED, RECORD, REQUESTED, FALLBACK, UNKNOWN] = [0, 1, 2, 3, 4];
/** A cached answer: cell index × 16 + contested × 8 + step. */
const STEP_MASK = 7;
const CONTESTED = 8;
const CELL_SHIFT = 4;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Gives each record of a chunk the symbol that was valid on the UTC day of its index timestamp, by the ladder: mapped,
 * the record's own, the only one requested, `INSTRUMENT_<id>`, `UNKNOWN_SYMBOL`; and counts which step each took.
 */
export class SymbolResolver {
  /** How many rows took each step. */
  readonly counts: SymbolCounts = noSymbols();
  /** The symbols that {@link resolve} points to. */
  readonly cells = new SymbolCells();
  readonly #timelines = new Map<number, InstrumentTimeline>();
  readonly #cache = new DayCache();
  /** By instrument the answer for the symbol that its records said themselves the last time. */
  readonly #own = new Map<number, number>();
  readonly #requested: string | null;
  readonly #collector: SymbologyCollector;
  readonly #taken = new Float64Array(STEP_MASK + CONTESTED + 1);
  #ambiguous = 0;
  readonly #unnamed: UnnamedDays;
  #observes = false;

  /**
   * @param metadata the chunk's header, `null` for a fragment
   * @param instruments raw symbols of instruments that the header does not map
   * @throws METADATA_INVALID when its mappings are not what the vendor writes
   */
  constructor(dataset: string, metadata: Metadata | null, instruments: readonly InstrumentSymbol[] = []) {
    const mappings = metadata === null ? [] : instrumentMappings(metadata);
    const { stypeIn = null, stypeOut = null } = metadata ?? {};
    this.#collector = new SymbologyCollector(dataset, stypeIn);
    for (const mapping of mappings) {
      this.#timelineOf(mapping.instrumentId).add(mapping);
      this.#collector.add(mapping, stypeOut === 'instrument_id' ? stypeIn : stypeOut);
    }
    for (const mapping of instruments.map(mappingOf)) {
      this.#timelineOf(mapping.instrumentId).add(mapping);
      this.#collector.add(mapping, 'raw_symbol');
    }
    this.#unnamed = new UnnamedDays(metadata);
    this.#requested = metadata === null ? null : onlyRequested(metadata, mappings);
    if (this.#requested !== null) checkSymbol(this.#requested);
  }

  /** Rows for which more than one symbol was mapped on their day. */
  get ambiguous(): number {
    return this.#ambiguous;
  }

  /** The instruments, and UTC days since 1970-01-01, of records that no mapping of the header names. */
  unnamedDays(): UnnamedDays['instruments'] {
    return this.#unnamed.instruments;
  }

  /** In a stream of continuous symbols: the symbols, and UTC days, of rows that no mapping of the header names. */
  unnamedSymbols(): UnnamedDays['symbols'] {
    return this.#unnamed.symbols;
  }

  /** Takes in symbol-mapping records: they hold for the records behind them. Other records are left alone. */
  observe(batch: RecordBatch): void {
    if (batch.layout?.name !== 'symbol-mapping') return;
    for (let index = 0; index < batch.count; index++) {
      for (const { mapping, stype, resolves } of mappingsOfRecord(batch, batch.layout, index)) {
        this.#collector.add(mapping, stype);
        if (resolves) this.#timelineOf(mapping.instrumentId).supersede(mapping);
      }
    }
    this.#observes = true;
    this.#cache.clear();
  }

  /** Takes in mappings that are known from elsewhere; {@link intervals} does not give them back. */
  learn(mappings: readonly InstrumentMapping[]): void {
    for (const mapping of mappings) this.#timelineOf(mapping.instrumentId).supersede(mapping);
    this.#cache.clear();
  }

  /**
   * Finds the cell of each record of the batch whose verdict is 0, writes its index into `into` and counts its step.
   * The indexes hold until the next call.
   * @returns the bytes that all these cells take together
   */
  resolve(batch: RecordBatch, fields: SymbolFields, verdicts: Uint8Array, into: Int32Array): number {
    this.#makeRoom();
    const { view, offsets, count } = batch;
    const { indexTimestampOffset, ownSymbol } = fields;
    const taken = this.#taken.fill(0);
    let lastId = -1;
    let lastDay = -1;
    let last = 0;
    let bytes = 0;
    let noted = -1;
    let notedDay = -1;
    for (let index = 0; index < count; index++) {
      if (verdicts[index] !== 0) continue;
      const offset = offsets[index] as number;
      const id = view.getUint32(offset + INSTRUMENT_ID_OFFSET, true);
      const at = offset + indexTimestampOffset;
      const day = dayOfHalves(view.getUint32(at + 4, true), view.getUint32(at, true));
      if (id !== lastId || day !== lastDay) {
        last = this.#answer(id, day);
        lastId = id;
        lastDay = day;
      }
      const isMapped = ownSymbol === null || (last & STEP_MASK) === MAPPED;
      const answer = isMapped ? last : this.#orOwnOf(last, id, batch, offset, ownSymbol);
      const cell = answer >> CELL_SHIFT;
      if (cell !== noted || day !== notedDay) {
        this.#note(answer, day);
        noted = cell;
        notedDay = day;
      }
      into[index] = cell;
      bytes += this.cells.sizeOf(cell);
      taken[answer & (STEP_MASK | CONTESTED)]!++;
    }
    this.#count(taken);
    return bytes;
  }

  /** The symbol of one record, without counting it. */
  symbolOf(batch: RecordBatch, fields: SymbolFields, index: number): string {
    const answer = this.#answerFor(batch, fields, index);
    const { ownSymbol } = fields;
    const own = ownSymbol === null ? '' : textAt(batch, batch.offsets[index] as number, ownSymbol);
    return this.cells.textOf(this.#orOwn(answer, own) >> CELL_SHIFT);
  }

  /** The symbol that is mapped to one record, `null` where none is: no other step of the ladder. */
  mappedSymbolOf(batch: RecordBatch, fields: SymbolFields, index: number): string | null {
    const answer = this.#answerFor(batch, fields, index);
    return (answer & STEP_MASK) === MAPPED ? this.cells.textOf(answer >> CELL_SHIFT) : null;
  }

  /** The mapping intervals seen so far, merged, for the `symbology` table. */
  intervals(): SymbologyInterval[] {
    return this.#collector.intervals();
  }

  #answerFor({ view, offsets }: RecordBatch, fields: SymbolFields, index: number): number {
    this.#makeRoom();
    const offset = offsets[index] as number;
    const at = offset + fields.indexTimestampOffset;
    const day = dayOfHalves(view.getUint32(at + 4, true), view.getUint32(at, true));
    return this.#answer(view.getUint32(offset + INSTRUMENT_ID_OFFSET, true), day);
  }

  /** The answer when the record has no symbol of its own. */
  #answer(instrumentId: number, day: number): number {
    const cached = this.#cache.get(instrumentId, day);
    if (cached !== -1) return cached;
    const answer = this.#lookUp(instrumentId, day);
    this.#cache.set(instrumentId, day, answer);
    return answer;
  }

  #lookUp(instrumentId: number, day: number): number {
    const segment = this.#timelines.get(instrumentId)?.at(day);
    if (segment === undefined || this.#observes) this.#unnamed.addInstrument(instrumentId, day);
    if (segment !== undefined) {
      return (this.cells.cellOf(segment.symbol) << CELL_SHIFT) | (segment.contested ? CONTESTED : 0) | MAPPED;
    }
    if (this.#requested !== null) return (this.cells.cellOf(this.#requested) << CELL_SHIFT) | REQUESTED;
    if (instrumentId === NO_INSTRUMENT_ID) return (this.cells.cellOf('UNKNOWN_SYMBOL') << CELL_SHIFT) | UNKNOWN;
    return (this.cells.cellOf(`INSTRUMENT_${instrumentId}`) << CELL_SHIFT) | FALLBACK;
  }

  /** A row of this answer came on that day. */
  #note(answer: number, day: number): void {
    if (!this.#unnamed.bySymbol || ((answer & STEP_MASK) === MAPPED && !this.#observes)) return;
    this.#unnamed.addSymbol(this.cells.textOf(answer >> CELL_SHIFT), day);
  }

  /** As {@link #orOwn}: an instrument mostly has the symbol that it had before, whose text need not be made again. */
  #orOwnOf(answer: number, instrumentId: number, batch: RecordBatch, offset: number, field: WireField): number {
    const known = this.#own.get(instrumentId);
    if (known !== undefined && this.cells.isText(known >> CELL_SHIFT, batch.bytes, offset + field.offset, field.size)) {
      return known;
    }
    const own = this.#orOwn(answer, textAt(batch, offset, field));
    if (own !== answer) this.#own.set(instrumentId, own);
    return own;
  }

  /** A record's own symbol comes before everything but a mapping. */
  #orOwn(answer: number, own: string): number {
    if ((answer & STEP_MASK) === MAPPED || own === '') return answer;
    return (this.cells.cellOf(own) << CELL_SHIFT) | RECORD;
  }

  #count(taken: Float64Array): void {
    STEPS.forEach((step, number) => {
      const contested = taken[number | CONTESTED] as number;
      this.counts[step] += (taken[number] as number) + contested;
      this.#ambiguous += contested;
    });
  }

  #makeRoom(): void {
    if (this.cells.size <= CELL_BYTES_MAX) return;
    this.cells.clear();
    this.#own.clear();
    this.#cache.clear();
  }

  #timelineOf(instrumentId: number): InstrumentTimeline {
    let timeline = this.#timelines.get(instrumentId);
    if (timeline === undefined) this.#timelines.set(instrumentId, (timeline = new InstrumentTimeline()));
    return timeline;
  }
}

/** The symbol that every record is, when one was requested and the metadata maps nothing at all. */
function onlyRequested(metadata: Metadata, mappings: readonly InstrumentMapping[]): string | null {
  const [symbol, ...others] = metadata.symbols;
  if (symbol === undefined || others.length > 0 || symbol === '' || symbol === ALL_SYMBOLS) return null;
  const mapsNothing = mappings.length === 0 && metadata.mappings.every((mapping) => mapping.intervals.length === 0);
  return mapsNothing && SINGULAR_STYPES.includes(metadata.stypeIn ?? '') ? symbol : null;
}

function textAt(batch: RecordBatch, offset: number, field: WireField): string {
  const from = offset + field.offset;
  const bytes = batch.bytes.subarray(from, from + field.size);
  const end = bytes.indexOf(0);
  return utf8.decode(end === -1 ? bytes : bytes.subarray(0, end));
}
