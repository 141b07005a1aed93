import { definition } from './definition/index.js';
import { ohlcv } from './ohlcv/index.js';
import { statistics } from './statistics/index.js';
import { tbbo } from './tbbo/index.js';
import { trades } from './trades/index.js';

/** The schema plugins that come with Tickloom. */
export const builtinPlugins = [trades, tbbo, ohlcv, statistics, definition] as const;
export { definition, ohlcv, statistics, tbbo, trades };
