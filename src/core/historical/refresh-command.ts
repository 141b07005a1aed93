import { NS_PER_DAY } from '../symbology/utc-day.js';
import { formatNanos } from '../text/format-nanos.js';
import type { Refresh } from './stale-coverage.js';

/** Words that a shell takes as they are. */
const PLAIN_WORD = /^[A-Za-z0-9_.,:/+=-]+$/;

/** The command that buys something again and replaces what is held of it. */
export function refreshCommand(api: string, { dataset, schema, stypeIn, symbols, range }: Refresh): string {
  const flags = {
    dataset,
    schema,
    'stype-in': stypeIn,
    symbols: symbols.join(','),
    start: moment(range.start),
    end: moment(range.end),
  };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, quoted(value)]);
  return ['tickloom ingest --api', api, ...words, '--force --refetch'].join(' ');
}

const moment = (ns: bigint): string => (ns % NS_PER_DAY === 0n ? formatNanos(ns).slice(0, 10) : formatNanos(ns));

/** As one word for a shell: symbols of options have spaces in them. */
const quoted = (text: string): string => (PLAIN_WORD.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
