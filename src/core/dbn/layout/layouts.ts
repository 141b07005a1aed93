import { DEFINITION_V1 } from './definition-v1.js';
import { DEFINITION_V2 } from './definition-v2.js';
import { DEFINITION_V3 } from './definition-v3.js';
import { ERROR_V1, ERROR_V2, SYMBOL_MAPPING_V1, SYMBOL_MAPPING_V2, SYSTEM_V1, SYSTEM_V2 } from './gateway-layouts.js';
import { BBO, CBBO, CMBP_1, IMBALANCE, MBO, MBP_1, MBP_10, OHLCV, STATUS, TRADE } from './market-layouts.js';
import type { DbnVersion, RecordLayout } from './record-layout.js';
import { STATISTICS_V1, STATISTICS_V3 } from './statistics-layouts.js';

/** Every record layout of every version. */
export const LAYOUTS: readonly RecordLayout[] = [
  MBO,
  TRADE,
  MBP_1,
  MBP_10,
  BBO,
  CMBP_1,
  CBBO,
  OHLCV,
  STATUS,
  DEFINITION_V1,
  DEFINITION_V2,
  DEFINITION_V3,
  IMBALANCE,
  ERROR_V1,
  ERROR_V2,
  SYMBOL_MAPPING_V1,
  SYMBOL_MAPPING_V2,
  SYSTEM_V1,
  SYSTEM_V2,
  STATISTICS_V1,
  STATISTICS_V3,
];

const byRtype = new Map<number, RecordLayout>();
const byName = new Map<string, RecordLayout>();
for (const layout of LAYOUTS) {
  for (const version of layout.versions) {
    byName.set(`${layout.name} ${version}`, layout);
    for (const rtype of layout.rtypes) byRtype.set(version * 256 + rtype, layout);
  }
}

/** The layout of an rtype in a version of the format; `undefined` when the rtype is not known. */
export function layoutOf(rtype: number, version: DbnVersion): RecordLayout | undefined {
  return byRtype.get(version * 256 + rtype);
}

/** The layout by its struct's name (`trade`, `mbp-1`, `bbo`, `symbol-mapping` …); `undefined` when there is none. */
export function layoutNamed(name: string, version: DbnVersion): RecordLayout | undefined {
  return byName.get(`${name} ${version}`);
}
