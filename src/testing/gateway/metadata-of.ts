import { newMetadata, type DbnVersion, type Metadata } from '../../core/dbn/index.js';
import { businessError } from './api-error.js';
import type { DataRequest } from './data-request.js';
import type { Parameters } from './parameters.js';

/** The header of a request's data. */
export function metadataOf(request: DataRequest, version: DbnVersion): Metadata {
  const { dataset, schema, start, end, limit, stypeIn, stypeOut, symbols, selection } = request;
  return newMetadata({
    version,
    dataset: dataset.code,
    schema,
    start,
    end,
    limit: limit === null ? null : BigInt(limit),
    stypeIn,
    stypeOut,
    symbols,
    partial: selection.partial,
    notFound: selection.notFound,
    mappings: selection.mappings,
  });
}

/** @throws ApiError when symbols are to be mapped and all were asked for */
export function mapsSymbols(parameters: Parameters, { selection }: DataRequest): boolean {
  const wanted = parameters.boolean('map_symbols');
  if (!wanted || !selection.all) return wanted;
  throw businessError(422, 'symbology_map_symbols_not_supported', 'map_symbols cannot be used with ALL_SYMBOLS.');
}
