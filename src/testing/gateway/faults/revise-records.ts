import { layoutOf } from '../../../core/dbn/index.js';
import type { DbnVersion } from '../../../core/dbn/index.js';
import type { RecordRun } from '../dataset.js';

/** Fields that may have another value without making a record invalid, the first one that a layout has. */
const REVISABLE = ['size', 'volume', 'max_trade_vol', 'sequence'];
const EVERY = 10;

/** The same records, every tenth with another value: what a vendor's correction looks like. */
export function revised(run: RecordRun, version: DbnVersion): RecordRun {
  const layout = layoutOf(run.bytes[1] ?? 0, version);
  const field = REVISABLE.map((name) => layout?.fields.find((known) => known.name === name)).find(Boolean);
  if (field === undefined) return run;
  const bytes = run.bytes.slice();
  for (let index = 0; index < run.count; index += EVERY) {
    const at = index * run.recordSize + field.offset;
    bytes[at] = (bytes[at] as number) ^ 1;
  }
  return { ...run, bytes };
}
