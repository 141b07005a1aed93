import { defineSource, recordChunk, type SourceDefinition, type SourceRecord } from '../../src/plugin.js';

/** A source as a stranger would write it: one chunk of trades, one a second, as many as its option says. */
export function clockSource(name = 'ticks'): SourceDefinition {
  return defineSource({
    name,
    description: 'a trade a second',
    create: ({ options, schema }) => ({
      plan: async () => [
        recordChunk({
          source: `${name} ${String(options.records)}`,
          dataset: 'TEST.SET',
          schema: schema('trades'),
          records: async function* () {
            for (let second = 0; second < Number(options.records); second++) yield tick(second);
          },
        }),
      ],
    }),
  });
}

function tick(second: number): SourceRecord {
  const time = 1_700_000_000_000_000_000n + BigInt(second) * 1_000_000_000n;
  return {
    symbol: 'TICK',
    publisher_id: 1,
    ts_event: time,
    ts_recv: time,
    price: 1_500_000_000n,
    size: second + 1,
    action: 'T',
    side: null,
    flags: 0,
    depth: 0,
    ts_in_delta: 0,
    sequence: second,
  };
}
