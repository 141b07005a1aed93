import { dateOfDay } from '../../../core/symbology/utc-day.js';
import { checkFunds } from '../accounts.js';
import { daysOf, readDataRequest, type DataRequest } from '../data-request.js';
import type { RecordRun } from '../dataset.js';
import { encodeBody, type BodyFormat } from '../encode-body.js';
import { dataFileName } from '../file-name.js';
import type { GatewayCall } from '../gateway-call.js';
import { mapsSymbols, metadataOf } from '../metadata-of.js';
import { usdPerByte } from '../prices.js';
import { recordsOf } from '../record-stream.js';
import type { Reply } from '../reply.js';

const NO_DATA = 'Warning: No data found for the request you submitted.';
const CONTENT_TYPES = { dbn: 'application/octet-stream', csv: 'text/csv', json: 'application/json' };

/** timeseries.get_range: a stream of records, billed by the bytes that are sent. */
export async function getRange(call: GatewayCall): Promise<Reply> {
  const { state, parameters, faults, account } = call;
  const request = readDataRequest(parameters, state.datasets, account, 0);
  const encoding = parameters.oneOf('encoding', ['csv', 'dbn', 'json'], 'csv') as BodyFormat['encoding'];
  const compression = parameters.oneOf('compression', ['none', 'zstd'], 'none');
  const mapSymbols = mapsSymbols(parameters, request);
  checkFunds(account);
  // A limit of 0 is taken as none.
  const unlimited = { ...request, limit: request.limit === 0 ? null : request.limit };
  const version = request.dataset.data.versionFor(state.version);
  const runs = recordsOf(unlimited, version, faults);
  const first = runs.next();
  const metadata = metadataOf(unlimited, version);
  const format: BodyFormat = {
    encoding,
    zstd: compression === 'zstd' ? state.zstd : null,
    frameBytes: state.frameBytes,
    version,
    prettyPx: parameters.boolean('pretty_px'),
    prettyTs: parameters.boolean('pretty_ts'),
    ...(mapSymbols ? { symbolOf: (id: number, day: number) => request.selection.symbolOn(id, day) } : {}),
  };
  const warnings = warningsOf(request, first.done === true || request.limit === 0);
  return {
    status: request.selection.partial.length + request.selection.notFound.length > 0 ? 206 : 200,
    headers: {
      'Content-Type': compression === 'zstd' ? 'application/zstd' : CONTENT_TYPES[encoding],
      'Content-Disposition': `attachment; filename=${dataFileName(request, { encoding, compression })}`,
      ...(warnings.length === 0 ? {} : { 'X-Warning': JSON.stringify(warnings) }),
    },
    body: encodeBody(metadata, from(first, runs), format),
    usdPerByte: usdPerByte(state, request, 'historical-streaming'),
  };
}

function warningsOf({ dataset, start, end }: DataRequest, noData: boolean): string[] {
  const { startDay, endDay } = daysOf({ start, end });
  const reduced: string[] = [];
  for (let day = startDay; day < endDay; day += 1) {
    const condition = dataset.conditionOn(day)?.condition;
    if (condition !== undefined && condition !== 'available') reduced.push(`${dateOfDay(day)} (${condition})`);
  }
  const quality = `Warning: The streaming request contains one or more days which have reduced quality: `;
  return [...(noData ? [NO_DATA] : []), ...(reduced.length > 0 ? [`${quality}${reduced.join(', ')}.`] : [])];
}

function* from(
  first: IteratorResult<RecordRun, void>,
  rest: Iterable<RecordRun>,
): Generator<RecordRun, void, undefined> {
  if (first.done === true) return;
  yield first.value;
  yield* rest;
}
