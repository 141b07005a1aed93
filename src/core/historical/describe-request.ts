import { dateOfDay, dayOfNanos, NS_PER_DAY } from '../symbology/utc-day.js';
import { formatNanos } from '../text/format-nanos.js';
import type { RangeRequest } from './range-request.js';

/** More symbols than that are counted instead of named. */
const SYMBOLS_SHOWN = 3;

/** A request in one line, for reports and the ledger: `GLBX.MDP3 trades ES.c.0,NQ.c.0 2024-01-02 to 2024-01-03`. */
export function describeRequest({ dataset, schema, symbols, start, end, limit }: RangeRequest): string {
  const named =
    symbols.length <= SYMBOLS_SHOWN
      ? symbols.join(',')
      : `${symbols.slice(0, 1).join()} and ${symbols.length - 1} more symbols`;
  const atMost = limit === null ? '' : `, at most ${limit}`;
  return `${dataset} ${schema} ${named} ${momentText(start)} to ${momentText(end)}${atMost}`;
}

/** A day where the time is midnight. */
function momentText(ns: bigint): string {
  return ns % NS_PER_DAY === 0n ? dateOfDay(dayOfNanos(ns)) : formatNanos(ns);
}
