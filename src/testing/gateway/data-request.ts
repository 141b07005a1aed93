import { SCHEMA_NAMES, STYPE_NAMES } from '../../core/dbn/index.js';
import { formatNanos } from '../../core/text/format-nanos.js';
import { NS_PER_DAY } from '../../core/symbology/utc-day.js';
import { checkLicence, type GatewayAccount } from './accounts.js';
import { businessError, type ApiError, type ErrorPayload } from './api-error.js';
import { fullRange, type TimeRange } from './dataset.js';
import { parseTime, type ParsedTime } from './dates.js';
import type { Parameters } from './parameters.js';
import type { ServedDataset } from './served-dataset.js';
import { checkSymbols, symbolsOf } from './symbols-parameter.js';
import { SymbolSelection } from './symbol-selection.js';

/** A request for data, checked, with all defaults in place. */
export interface DataRequest extends TimeRange {
  readonly dataset: ServedDataset;
  readonly schema: string;
  readonly stypeIn: string;
  readonly stypeOut: string;
  readonly symbols: readonly string[];
  readonly limit: number | null;
  readonly selection: SymbolSelection;
}

/**
 * Reads what timeseries.get_range, the pricing endpoints and batch.submit_job have in common.
 * @throws ApiError
 */
export function readDataRequest(
  parameters: Parameters,
  datasets: ReadonlyMap<string, ServedDataset>,
  account: GatewayAccount,
  leastLimit: number,
): DataRequest {
  const dataset = datasets.get(parameters.oneOf('dataset', [...datasets.keys()])) as ServedDataset;
  const schema = parameters.oneOf('schema', SCHEMA_NAMES, 'trades');
  const stypeIn = parameters.oneOf('stype_in', STYPE_NAMES, 'raw_symbol');
  const stypeOut = parameters.oneOf('stype_out', STYPE_NAMES, 'instrument_id');
  const symbols = symbolsOf(parameters, 'ALL_SYMBOLS');
  const range = rangeOf(parameters);
  const limit = parameters.integer('limit', leastLimit) ?? null;
  checkLicence(account, dataset.code);
  checkSymbols(parameters, stypeIn, stypeOut, symbols);
  checkRange(dataset, schema, range, account);
  const selection = new SymbolSelection({ dataset: dataset.data, stypeIn, stypeOut, symbols, ...daysOf(range) });
  if (selection.empty) throw unresolved();
  return { dataset, schema, stypeIn, stypeOut, symbols, limit, selection, ...range };
}

/** The UTC days that a range touches, the end exclusive. */
export function daysOf({ start, end }: TimeRange): { readonly startDay: number; readonly endDay: number } {
  return { startDay: Number(start / NS_PER_DAY), endDay: Number((end + NS_PER_DAY - 1n) / NS_PER_DAY) };
}

function rangeOf(parameters: Parameters): TimeRange {
  const start = parameters.time('start');
  if (start === undefined) throw parameters.refusal('start', 'Field required', 'missing');
  const end = parameters.time('end')?.nanos ?? start.forwardFilled;
  if (end === null) throw parameters.refusal('end', 'end is required for a start as exact as this one', 'missing');
  return { start: start.nanos, end };
}

function checkRange({ code, data }: ServedDataset, schema: string, range: TimeRange, account: GatewayAccount): void {
  const { start, end } = range;
  const whole = fullRange(data);
  const refusal = (name: string, message: string, available: TimeRange = whole): ApiError => {
    const payload: ErrorPayload = {
      dataset: code,
      start: formatNanos(start),
      end: formatNanos(end),
      available_start: formatNanos(available.start),
      available_end: formatNanos(available.end),
    };
    return businessError(422, name, message, payload);
  };
  if (start >= end) throw refusal('data_time_range_start_on_or_after_end', 'The start must be before the end.');
  if (!data.schemas.includes(schema)) {
    throw businessError(422, 'data_schema_not_available', `${code} has no data of schema ${schema}.`, {
      dataset: code,
    });
  }
  const own = data.range(schema);
  const from = `The dataset ${code} has data available from ${formatNanos(whole.start)}.`;
  const upTo = `The dataset ${code} has data available up to ${formatNanos(whole.end)}.`;
  if (start < whole.start) throw refusal('data_start_before_available_start', from);
  if (start >= whole.end) throw refusal('data_start_after_available_end', upTo);
  if (end > whole.end) throw refusal('data_end_after_available_end', upTo);
  if (start < own.start || end > own.end) {
    const message = `Schema ${schema} is available from ${formatNanos(own.start)} up to ${formatNanos(own.end)}.`;
    throw refusal('data_schema_not_fully_available', message, own);
  }
  const until = account.until?.[code];
  const allowed = until === undefined ? undefined : (parseTime(until) as ParsedTime).nanos;
  if (allowed !== undefined && end > allowed) {
    const message = `Part of the range needs a subscription; try again with an end time before ${formatNanos(allowed)}.`;
    throw businessError(422, 'dataset_unavailable_range', message);
  }
}

/** None of the symbols means anything in the range. */
export function unresolved(): ApiError {
  return businessError(422, 'symbology_invalid_request', 'None of the symbols could be resolved.');
}
