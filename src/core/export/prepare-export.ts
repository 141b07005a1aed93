import { newMetadata } from '../dbn/encode/dbn-encoder.js';
import { encodeMetadata } from '../dbn/encode/encode-metadata.js';
import { NEWEST_VERSION, SYMBOL_CSTR_LEN_V1 } from '../dbn/constants.js';
import type { DbnVersion } from '../dbn/layout/record-layout.js';
import type { SymbolMapping } from '../dbn/metadata.js';
import { TickloomError } from '../errors/index.js';
import type { PluginRegistry, RegisteredSchema } from '../registry/plugin-registry.js';
import { NS_PER_DAY } from '../symbology/utc-day.js';
import { checkRange, checkWholeChunk, usage, type ExportRecordsRequest } from './export-request.js';
import type { ExportableChunk, ExportSelection, ExportSession, RangeSelection, RangeSurvey } from './export-store.js';
import type { RecordBatches } from './record-batches.js';

/** What one could look for in an export, and is not in it: how many records. */
export interface LeftOut {
  /** Of a chunk: symbol mappings, errors and system messages are not kept. */
  readonly control: number;
  /** Of a chunk: records that no plugin served are not kept. */
  readonly unsupported: number;
  /** Of a chunk: they are rows of earlier chunks. */
  readonly already_loaded: number;
  /** Of a chunk: later chunks took their place. */
  readonly superseded: number;
  /** Of a chunk with mixed schemas: records of the others. */
  readonly other_schemas: number;
  /** In quarantine: of a range all of its time, of a chunk those that were dropped or cannot be printed. */
  readonly quarantined: number;
  /** Of a range without symbols: rows of continuous symbols, which are other rows' second names. */
  readonly alias: number;
  /** Of the records in the output those that came with the time a gateway sent them at, which is not kept. */
  readonly ts_out: number;
}

/** What there is to export, found out before the first record is taken. */
export interface PreparedExport {
  readonly schema: RegisteredSchema;
  readonly selection: ExportSelection;
  readonly dataset: string | null;
  readonly version: DbnVersion;
  readonly chunks: number;
  readonly tsOut: boolean;
  /** `null` for a fragment, and for a schema that DBN has no number for. */
  readonly header: () => Promise<Uint8Array | null>;
  readonly leftOut: (batches: RecordBatches) => LeftOut;
}

const NOTHING: LeftOut = {
  control: 0,
  unsupported: 0,
  already_loaded: 0,
  superseded: 0,
  other_schemas: 0,
  quarantined: 0,
  alias: 0,
  ts_out: 0,
};
/** Bytes from the start of a header to its `ts_out`. */
const TS_OUT_OFFSET = { 1: 60, 2: 52, 3: 52 } as const;

/** @throws USAGE, SCHEMA_UNKNOWN, NOT_FOUND */
export async function prepareChunk(
  session: ExportSession,
  registry: PluginRegistry,
  request: ExportRecordsRequest,
  chunkId: number,
): Promise<PreparedExport> {
  checkWholeChunk(request);
  const chunk = await session.chunk(chunkId);
  if (chunk === undefined || chunk.status !== 'loaded') {
    const why = chunk === undefined ? 'there is no such chunk' : `its status is "${chunk.status}"`;
    throw new TickloomError('NOT_FOUND', `chunk ${chunkId} has no records to export: ${why}`, {
      hint: 'See "tickloom runs show" for the chunks of a run that were loaded.',
      context: { chunk_id: chunkId },
    });
  }
  const name = request.schema ?? chunk.schema;
  if (name === null) {
    throw usage(`chunk ${chunkId} mixes several schemas`, 'Add --schema to say which of them.');
  }
  const schema = registry.get(name);
  if (chunk.schema !== null && chunk.schema !== name) {
    throw usage(`chunk ${chunkId} holds "${chunk.schema}", not "${name}"`, 'Leave out --schema.');
  }
  return {
    schema,
    selection: { kind: 'chunk', table: schema.table, chunkId },
    dataset: chunk.dataset,
    version: chunk.version,
    chunks: 1,
    tsOut: chunk.tsOut,
    header: async () => headerWithoutTsOut(chunk),
    leftOut: ({ records, tooShort }) => ({
      ...NOTHING,
      ts_out: chunk.tsOut ? records : 0,
      control: chunk.control,
      unsupported: chunk.unsupported,
      already_loaded: chunk.alreadyLoaded,
      superseded: chunk.superseded,
      quarantined: chunk.dropped + tooShort,
      other_schemas:
        chunk.schema === null ? Math.max(chunk.loaded + chunk.quarantined - records - tooShort - chunk.dropped, 0) : 0,
    }),
  };
}

/** The send times of a gateway are not kept, so the header must not announce them. */
function headerWithoutTsOut({ header, tsOut, version }: ExportableChunk): Uint8Array | null {
  if (header === null || !tsOut) return header;
  const without = header.slice();
  without[TS_OUT_OFFSET[version]] = 0;
  return without;
}

/** @throws USAGE, SCHEMA_UNKNOWN */
export async function prepareRange(
  session: ExportSession,
  registry: PluginRegistry,
  request: ExportRecordsRequest,
): Promise<PreparedExport> {
  if (request.schema === undefined) throw usage('no schema is named', 'Add --schema, e.g. --schema trades.');
  const schema = registry.get(request.schema);
  const range = checkRange(request);
  const selection: RangeSelection = { kind: 'range', table: schema.table, ...range };
  const survey = await session.survey(selection);
  if (survey.datasets.length > 1) {
    throw usage(
      `the selection has rows of several datasets: ${survey.datasets.join(', ')}`,
      'Add --dataset to say which of them.',
    );
  }
  const dataset = survey.datasets[0] ?? range.dataset;
  const [only, ...others] = survey.versions;
  const sole = only === undefined || others.length > 0 ? NEWEST_VERSION : only;
  const mappings = request.format === 'dbn' ? await mappingsOf(session, selection, survey, dataset) : [];
  const names = [...(range.symbols ?? []), ...mappings.map(({ rawSymbol }) => rawSymbol)];
  // version 1 has no room for the symbols of later ones
  const version = sole === 1 && names.some((name) => name.length >= SYMBOL_CSTR_LEN_V1) ? NEWEST_VERSION : sole;
  return {
    schema,
    selection,
    dataset,
    version,
    chunks: survey.chunks,
    tsOut: false,
    header: async () => {
      const complete = dataset !== null && (await session.isComplete({ ...selection, dataset }));
      return encodeMetadata(
        newMetadata({
          version,
          dataset: dataset ?? '',
          schema: schema.name,
          start: range.start ?? survey.first ?? 0n,
          // Who loads the file elsewhere takes it for complete over its range: only where the ledger knows that it is,
          // or where no symbols make it a promise, is the end given.
          end: complete || range.symbols === null ? range.end : null,
          stypeIn: range.alias ? 'continuous' : 'raw_symbol',
          symbols: range.symbols ?? [],
          mappings,
        }),
      );
    },
    leftOut: () => ({ ...NOTHING, quarantined: survey.quarantined, alias: survey.aliasRows, ts_out: survey.tsOutRows }),
  };
}

async function mappingsOf(
  session: ExportSession,
  selection: RangeSelection,
  survey: RangeSurvey,
  dataset: string | null,
): Promise<SymbolMapping[]> {
  const start = selection.start ?? survey.first;
  const end = selection.end ?? (survey.last === null ? null : survey.last + NS_PER_DAY);
  if (dataset === null || start === null || end === null || end <= start) return [];
  return session.mappings({ ...selection, dataset }, start, end);
}
