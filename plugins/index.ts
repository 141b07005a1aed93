import { bbo } from './bbo/index.js';
import { cbbo } from './cbbo/index.js';
import { cmbp1 } from './cmbp-1/index.js';
import { definition } from './definition/index.js';
import { imbalance } from './imbalance/index.js';
import { mbo } from './mbo/index.js';
import { mbp1 } from './mbp-1/index.js';
import { mbp10 } from './mbp-10/index.js';
import { ohlcv } from './ohlcv/index.js';
import { statistics } from './statistics/index.js';
import { status } from './status/index.js';
import { tbbo } from './tbbo/index.js';
import { tcbbo } from './tcbbo/index.js';
import { trades } from './trades/index.js';

/** The schema plugins that come with Tickloom. */
export const builtinPlugins = [
  trades,
  tbbo,
  ohlcv,
  statistics,
  definition,
  mbo,
  mbp1,
  mbp10,
  bbo,
  cmbp1,
  cbbo,
  tcbbo,
  status,
  imbalance,
] as const;
export { bbo, cbbo, cmbp1, definition, imbalance, mbo, mbp1, mbp10, ohlcv, statistics, status, tbbo, tcbbo, trades };
