import { encodeMetadata } from '../dbn/encode/encode-metadata.js';
import type { Metadata } from '../dbn/metadata.js';
import { BarRecords } from './bar-records.js';
import { DefinitionRecords } from './definition-records.js';
import type { RecordSeries } from './record-series.js';
import { sampleMetadata } from './sample-metadata.js';
import { checkRequest, type CheckedRequest, type SampleRequest } from './sample-request.js';
import { StatisticRecords } from './statistic-records.js';
import { TradeRecords } from './trade-records.js';

/** Bytes in a piece, at most. */
const PIECE_BYTES = 256 * 1024;

/** A synthetic DBN stream. */
export interface Sample {
  readonly metadata: Metadata;
  /** Records there will be. */
  readonly records: number;
  /** Bytes there will be, header included. */
  readonly byteLength: number;
  /**
   * The header, then whole records in pieces of up to 256 KiB, made as they are asked for: a large sample takes no
   * more memory than a small one. A piece belongs to whoever took it. Every call begins anew with the same bytes.
   */
  bytes(): Generator<Uint8Array, void, undefined>;
}

/**
 * Makes up market data of CME futures, for trying out and benchmarks: uncompressed DBN, dataset `GLBX.MDP3`. The same
 * request gives the same bytes on every machine.
 *
 * Prices walk on their tick grid, sessions are those of Globex (closed on Saturdays, an hour's break each day), the
 * index timestamp never runs backwards and stays inside the header's range. Symbols are continuous (`ES.c.0`) unless
 * asked otherwise and, from two days on, roll from one contract to the next in the middle of the range. All records
 * are valid; among them is what trips up a loader, in every thousand records:
 *
 * - trades that are equal in every field, and several with one ts_event and sequence
 * - undefined, zero and negative prices, sizes of 0, a side that is NUL, a book without an offer
 * - an undefined ts_event, and some hours older than the one before
 * - an instrument that the header does not map, a second publisher, flags with the meaningless lowest bit (129)
 * - sequences that start again, in the middle of a day too
 *
 * Not all of these apply to bars, statistics and definitions. Statistics are of sixteen types; definitions of futures,
 * calendar spreads with their legs (version 3) and options. When there is no room for so many bars, further publishers
 * give theirs.
 *
 * @throws SCHEMA_UNKNOWN, USAGE
 */
export function generateSample(request: SampleRequest): Sample {
  const checked = checkRequest(request);
  const metadata = sampleMetadata(checked);
  const header = encodeMetadata(metadata);
  const { records } = checked;
  return {
    metadata,
    records,
    byteLength: header.length + records * seriesOf(checked).recordSize,
    *bytes() {
      yield header.slice();
      yield* piecesOf(seriesOf(checked), records);
    },
  };
}

function* piecesOf(series: RecordSeries, records: number): Generator<Uint8Array, void, undefined> {
  const { recordSize } = series;
  const perPiece = Math.floor(PIECE_BYTES / recordSize);
  for (let done = 0; done < records; done += perPiece) {
    const count = Math.min(perPiece, records - done);
    const bytes = new Uint8Array(count * recordSize);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at < bytes.length; at += recordSize) series.writeNext(view, at);
    yield bytes;
  }
}

function seriesOf(request: CheckedRequest): RecordSeries {
  switch (request.schema) {
    case 'trades':
    case 'tbbo':
      return new TradeRecords(request);
    case 'ohlcv-1s':
    case 'ohlcv-1m':
    case 'ohlcv-1h':
    case 'ohlcv-1d':
      return new BarRecords(request);
    case 'statistics':
      return new StatisticRecords(request);
    case 'definition':
      return new DefinitionRecords(request);
  }
}
