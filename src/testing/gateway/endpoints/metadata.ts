import {
  layoutOf,
  rtypeOfSchema,
  SCHEMA_NAMES,
  type DbnVersion,
  type RecordLayout,
  type WireField,
} from '../../../core/dbn/index.js';
import { dateOfDay, NS_PER_DAY } from '../../../core/symbology/utc-day.js';
import { formatNanos } from '../../../core/text/format-nanos.js';
import { businessError } from '../api-error.js';
import { fullRange, type TimeRange } from '../dataset.js';
import { daysOf } from '../data-request.js';
import type { Endpoint, GatewayCall } from '../gateway-call.js';
import { PRICE_MODES, unitPrice } from '../prices.js';
import { publishersOf } from '../publishers.js';
import { jsonReply } from '../reply.js';
import type { ServedDataset } from '../served-dataset.js';
import { readDate } from './symbology.js';

const NEWEST: DbnVersion = 3;
const C_TYPES: Readonly<Record<string, string>> = {
  u8: 'uint8_t',
  i8: 'int8_t',
  u16: 'uint16_t',
  i16: 'int16_t',
  u32: 'uint32_t',
  i32: 'int32_t',
  u64: 'uint64_t',
  i64: 'int64_t',
  price: 'int64_t',
  timestamp: 'uint64_t',
  char: 'char',
};

export const listPublishers: Endpoint = ({ state }) => jsonReply([...state.datasets.keys()].flatMap(publishersOf));

/** The datasets that have data in a range of days, the end exclusive. */
export const listDatasets: Endpoint = ({ state, parameters }) => {
  const { from, to } = optionalDays(parameters.optional('start_date'), parameters.optional('end_date'), (name, text) =>
    readDate(parameters, name, text),
  );
  const found = [...state.datasets.values()].filter(({ data }) => {
    const { startDay, endDay } = daysOf(fullRange(data));
    return endDay > from && startDay < to;
  });
  return jsonReply(found.map(({ code }) => code).sort());
};

export const listSchemas: Endpoint = (call) => jsonReply(datasetOf(call).data.schemas);

export const listFields: Endpoint = ({ state, parameters }) => {
  const schema = parameters.oneOf('schema', SCHEMA_NAMES);
  const encoding = parameters.oneOf('encoding', ['dbn', 'csv', 'json']);
  const dataset = parameters.optional('dataset');
  const version = dataset === undefined ? NEWEST : state.version;
  const layout = layoutOf(rtypeOfSchema(schema) as number, version) as RecordLayout;
  const names = encoding === 'dbn' ? layout.fields.map(({ name }) => name) : layout.textOrder;
  const fields = names.flatMap((name) => layout.fields.filter((field) => field.name === name));
  return jsonReply(
    fields.filter(({ type }) => type !== 'bytes').map((field) => ({ name: field.name, type: cType(field) })),
  );
};

export const listUnitPrices: Endpoint = (call) => {
  const { data, unitPrices } = datasetOf(call);
  const priced = PRICE_MODES.map((mode) => ({
    mode,
    unit_prices: Object.fromEntries(data.schemas.map((schema) => [schema, unitPrice(unitPrices, schema, mode)])),
  }));
  return jsonReply(priced);
};

/** The one endpoint whose end date is inclusive. */
export const getDatasetCondition: Endpoint = (call) => {
  const { parameters } = call;
  const dataset = datasetOf(call);
  const { startDay, endDay } = daysOf(fullRange(dataset.data));
  const asDay = (name: string): number | undefined => {
    const text = parameters.optional(name);
    return text === undefined ? undefined : readDate(parameters, name, text);
  };
  const from = asDay('start_date') ?? startDay;
  const last = asDay('end_date') ?? endDay - 1;
  if (from > last) {
    throw businessError(422, 'data_date_range_start_after_end', 'The start_date must be on or before the end_date.');
  }
  const days = Array.from({ length: last - from + 1 }, (_, index) => from + index);
  return jsonReply(
    days.flatMap((day) => {
      const condition = dataset.conditionOn(day);
      return condition === undefined ? [] : [{ date: dateOfDay(day), ...condition }];
    }),
  );
};

export const getDatasetRange: Endpoint = (call) => {
  const { data } = datasetOf(call);
  const schemas = data.schemas.map((schema) => [schema, printed(data.range(schema))]);
  return jsonReply({ ...printed(fullRange(data)), schema: Object.fromEntries(schemas) as unknown });
};

const printed = ({ start, end }: TimeRange) => ({ start: formatNanos(start), end: formatNanos(end) });

function datasetOf({ state, parameters }: GatewayCall): ServedDataset {
  return state.datasets.get(parameters.oneOf('dataset', [...state.datasets.keys()])) as ServedDataset;
}

function cType({ type, size }: WireField): string {
  return type === 'cstr' ? `char[${size}]` : (C_TYPES[type] as string);
}

const LAST_DAY = Number((2n ** 64n - 1n) / NS_PER_DAY);

function optionalDays(
  start: string | undefined,
  end: string | undefined,
  read: (name: string, text: string) => number,
): { from: number; to: number } {
  return {
    from: start === undefined ? 0 : read('start_date', start),
    to: end === undefined ? LAST_DAY : read('end_date', end),
  };
}
