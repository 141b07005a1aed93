import { builtinPlugins } from '../../plugins/index.js';
import {
  defineRecord,
  defineSchemaPlugin,
  IsVenuePrice,
  Max,
  type PlainField,
  type RowMapper,
  type SchemaPlugin,
} from '../../src/plugin.js';
import type { TickloomOptions } from '../../src/index.js';

const FIELDS: Readonly<Record<string, PlainField>> = {
  price: { type: 'price' },
  size: { type: 'uint32' },
  action: { type: 'char' },
  side: { type: 'char' },
  flags: { type: 'uint8' },
  depth: { type: 'uint8' },
  ts_recv: { type: 'nanos' },
  ts_in_delta: { type: 'int32' },
  sequence: { type: 'uint32' },
};

/** Beyond what {@link CAUTIOUS} takes for a price, and fine with {@link tradesPlugin}. */
export const IMPOSSIBLE = 2_000_000_000n * 1_000_000_000n;

interface TradesPluginOptions {
  readonly version?: string;
  readonly largestDepth?: number;
  /** Rejects {@link IMPOSSIBLE}. */
  readonly venuePrices?: boolean;
  readonly mapper?: RowMapper;
}

/** The plugin of trades in another version: any price will do, and what is asked of the other fields is the test's. */
export function tradesPlugin(options: TradesPluginOptions = {}): SchemaPlugin {
  const { version = '2.0.0', largestDepth = 255, venuePrices = false, mapper } = options;
  return defineSchemaPlugin({
    name: 'trades',
    version,
    apiVersion: 1,
    schemas: [{ name: 'trades', rtype: 0, table: 'trades' }],
    model: defineRecord({
      name: 'Trade',
      dbn: 'trade',
      fields: {
        ...FIELDS,
        price: { type: 'price', checks: venuePrices ? [IsVenuePrice()] : [] },
        depth: { type: 'uint8', checks: [Max(largestDepth)] },
      },
    }),
    ...(mapper === undefined ? {} : { mapper }),
  });
}

/** Options of a Tickloom with the bundled plugins, but for trades one that does not believe every price. */
export const CAUTIOUS = {
  builtins: false,
  plugins: [
    ...builtinPlugins.filter(({ name }) => name !== 'trades'),
    tradesPlugin({ version: '1.0.0', venuePrices: true }),
  ],
} as const satisfies TickloomOptions;
