import { SYMBOL_CSTR_LEN, SYMBOL_CSTR_LEN_V1 } from '../dbn/constants.js';
import type { MappingInterval, Metadata, SymbolMapping } from '../dbn/metadata.js';
import { continuousSymbols, contractAt, eras, ROOTS, type Root } from './contracts.js';
import { listingsOf } from './listings.js';
import type { CheckedRequest } from './sample-request.js';
import { dateNumber } from './trading-days.js';

export const SAMPLE_DATASET = 'GLBX.MDP3';

const NS_PER_DAY = 86_400_000_000_000n;

/** The header of a sample: whole UTC days, the end exclusive, every symbol mapped on every day. */
export function sampleMetadata(request: CheckedRequest): Metadata {
  const { startDay, days, version } = request;
  return {
    version,
    dataset: SAMPLE_DATASET,
    schema: request.schema,
    start: BigInt(startDay) * NS_PER_DAY,
    end: BigInt(startDay + days) * NS_PER_DAY,
    limit: null,
    stypeIn: request.stypeIn,
    stypeOut: 'instrument_id',
    tsOut: false,
    symbolCstrLen: version === 1 ? SYMBOL_CSTR_LEN_V1 : SYMBOL_CSTR_LEN,
    partial: [],
    notFound: [],
    ...symbology(request),
  };
}

function symbology(request: CheckedRequest): Pick<Metadata, 'symbols' | 'mappings'> {
  if (request.stypeIn === 'continuous') {
    const mappings = continuousMappings(request);
    return { symbols: mappings.map((mapping) => mapping.rawSymbol), mappings };
  }
  const mappings = listingMappings(request);
  const symbols = request.stypeIn === 'raw_symbol' ? mappings.map((mapping) => mapping.rawSymbol) : parents(request);
  return { symbols, mappings };
}

function continuousMappings(request: CheckedRequest): SymbolMapping[] {
  const { startDay, days } = request;
  return continuousSymbols(request.instruments).map(({ symbol, rootIndex, rank }) => ({
    rawSymbol: symbol,
    intervals: eras(startDay, days).map((era) =>
      interval(era.startDay, era.endDay, contractAt(rootIndex, era.index + rank, startDay).instrumentId),
    ),
  }));
}

/** A symbol of one digit for the year comes round again after ten years: then it has an interval for each contract. */
function listingMappings(request: CheckedRequest): SymbolMapping[] {
  const intervals = new Map<string, MappingInterval[]>();
  for (const { rawSymbol, instrumentId, startDay, endDay } of listingsOf(request)) {
    const known = intervals.get(rawSymbol) ?? [];
    intervals.set(rawSymbol, [...known, interval(startDay, endDay, instrumentId)]);
  }
  return [...intervals].map(([rawSymbol, mapped]) => ({ rawSymbol, intervals: mapped }));
}

function parents(request: CheckedRequest): string[] {
  const roots = ROOTS.slice(0, request.instruments).map((product: Root) => product.code);
  const kinds = request.schema === 'definition' ? ['FUT', 'OPT'] : ['FUT'];
  return roots.flatMap((code) => kinds.map((kind) => `${code}.${kind}`));
}

function interval(startDay: number, endDay: number, instrumentId: number): MappingInterval {
  return { startDate: dateNumber(startDay), endDate: dateNumber(endDay), symbol: String(instrumentId) };
}
