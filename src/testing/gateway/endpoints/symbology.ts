import { STYPE_NAMES } from '../../../core/dbn/index.js';
import { businessError } from '../api-error.js';
import { dayOfDate, parseTime } from '../dates.js';
import { daysOf } from '../data-request.js';
import type { Endpoint } from '../gateway-call.js';
import type { Parameters } from '../parameters.js';
import { jsonReply } from '../reply.js';
import type { ServedDataset } from '../served-dataset.js';
import { SymbolSelection } from '../symbol-selection.js';
import { symbologyReply } from '../symbology-reply.js';
import { checkSymbols, symbolsOf } from '../symbols-parameter.js';

/** symbology.resolve: free, and a success also when nothing resolves. */
export const resolveSymbols: Endpoint = ({ parameters, state }) => {
  const dataset = state.datasets.get(parameters.oneOf('dataset', [...state.datasets.keys()])) as ServedDataset;
  const stypeIn = parameters.oneOf('stype_in', STYPE_NAMES);
  const stypeOut = parameters.oneOf('stype_out', STYPE_NAMES);
  const symbols = symbolsOf(parameters);
  checkSymbols(parameters, stypeIn, stypeOut, symbols);
  const { startDay, endDay } = readDates(parameters);
  const selection = new SymbolSelection({ dataset: dataset.data, stypeIn, stypeOut, symbols, startDay, endDay });
  return jsonReply(symbologyReply(selection, { symbols, stypeIn, stypeOut, startDay, endDay }));
};

function readDates(parameters: Parameters): { startDay: number; endDay: number } {
  const from = parameters.required('start_date');
  const start = parseTime(from);
  const end = start?.forwardFilled ?? null;
  if (start === undefined || end === null) {
    throw parameters.refusal('start_date', 'Input should be a valid date', 'date_parsing');
  }
  const filled = daysOf({ start: start.nanos, end });
  const to = parameters.optional('end_date');
  const endDay = to === undefined ? filled.endDay : readDate(parameters, 'end_date', to);
  if (filled.startDay < endDay) return { startDay: filled.startDay, endDay };
  throw businessError(422, 'data_date_range_start_on_or_after_end', 'The start_date must be before the end_date.', {
    start_date: from,
    end_date: to ?? null,
  });
}

/** @throws ApiError for what is no date */
export function readDate(parameters: Parameters, name: string, text: string): number {
  try {
    return dayOfDate(text);
  } catch {
    throw parameters.refusal(name, 'Input should be a valid date', 'date_parsing');
  }
}
