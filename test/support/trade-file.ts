import { encodeDbn, newMetadata, type RecordToEncode } from '../../src/core/dbn/encode/dbn-encoder.js';
import type { Metadata } from '../../src/core/dbn/metadata.js';
import type { RecordInput } from '../../src/core/dbn/record/write-record.js';

/** 2024-03-04T00:00:00Z, a Monday. */
export const MONDAY = 1_709_510_400_000_000_000n;
export const SECOND = 1_000_000_000n;
export const DAY = 86_400n * SECOND;

/** A header for trades of ESH4 on one Monday, with its mapping. */
export function tradesHeader(changes: Partial<Metadata> = {}): Metadata {
  return newMetadata({
    dataset: 'GLBX.MDP3',
    schema: 'trades',
    start: MONDAY,
    end: MONDAY + DAY,
    symbols: ['ESH4'],
    mappings: [{ rawSymbol: 'ESH4', intervals: [{ startDate: 20240304, endDate: 20240305, symbol: '5482' }] }],
    ...changes,
  });
}

/** A trade in the given second of that Monday. */
export function trade(second: number, changes: RecordInput = {}): RecordToEncode {
  const time = MONDAY + BigInt(second) * SECOND + 123_456_789n;
  return {
    layout: 'trade',
    values: {
      publisher_id: 1,
      instrument_id: 5482,
      ts_event: time - 1_000n,
      ts_recv: time,
      price: 5_100_250_000_000n,
      size: 3,
      action: 'T',
      side: 'B',
      flags: 0,
      depth: 0,
      ts_in_delta: 17_000,
      sequence: second,
      ...changes,
    },
  };
}

/** A bar of the deprecated length: a record that is known, of no schema, so that no plugin can serve it. */
export const unservedBar: RecordToEncode = {
  layout: 'ohlcv',
  values: { rtype: 0x11, instrument_id: 5482, ts_event: MONDAY, open: 1n, high: 1n, low: 1n, close: 1n, volume: 1n },
};

/** So many trades, a second apart, from the given second on. */
export const trades = (count: number, from = 0): RecordToEncode[] =>
  Array.from({ length: count }, (_, index) => trade(from + index));

export const tradesFile = (records: readonly RecordToEncode[], changes: Partial<Metadata> = {}): Uint8Array =>
  encodeDbn(tradesHeader(changes), records);
