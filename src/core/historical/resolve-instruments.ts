import { dateOfDay, NS_PER_DAY } from '../symbology/utc-day.js';
import type { HistoricalApi } from './historical-api.js';
import type { InstrumentSymbol } from './instrument-symbol.js';
import type { RangeRequest } from './range-request.js';

/** The raw symbols of instruments on the days of a request, in order of id and day. Free of charge. */
export async function resolveInstruments(
  api: HistoricalApi,
  { dataset, start, end }: RangeRequest,
  instrumentIds: Iterable<number>,
  signal?: AbortSignal,
): Promise<InstrumentSymbol[]> {
  const ids = [...instrumentIds].sort((a, b) => a - b);
  if (ids.length === 0) return [];
  const { intervals } = await api.resolve(
    {
      dataset,
      stypeIn: 'instrument_id',
      stypeOut: 'raw_symbol',
      symbols: ids.map(String),
      startDate: dateOfDay(Number(start / NS_PER_DAY)),
      endDate: dateOfDay(Number((end + NS_PER_DAY - 1n) / NS_PER_DAY)),
    },
    signal === undefined ? {} : { signal },
  );
  return ids.flatMap((instrumentId) =>
    (intervals.get(String(instrumentId)) ?? []).map(({ symbol, startDate, endDate }) => {
      return { instrumentId, symbol, startDate, endDate };
    }),
  );
}
