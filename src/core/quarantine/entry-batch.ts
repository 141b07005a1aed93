import { layoutOf } from '../dbn/layout/layouts.js';
import type { RecordBatch } from '../dbn/record-batch.js';
import type { RegisteredSchema } from '../registry/plugin-registry.js';
import type { ReplayChunk, ReplayEntry } from './replay-store.js';

/** Records of one schema, out of quarantine, as a batch like the decoder's: each with the ordinal that it had. */
export function batchOfEntries(
  { version, tsOut }: ReplayChunk,
  { rtype }: RegisteredSchema,
  entries: readonly ReplayEntry[],
): RecordBatch {
  const bytes = new Uint8Array(entries.reduce((sum, { record }) => sum + record.length, 0));
  const offsets = new Uint32Array(entries.length);
  const ordinals = new Uint32Array(entries.length);
  const firstOrdinal = entries[0]?.ordinal ?? 0;
  let at = 0;
  entries.forEach(({ record, ordinal }, index) => {
    bytes.set(record, at);
    offsets[index] = at;
    ordinals[index] = ordinal - firstOrdinal;
    at += record.length;
  });
  return {
    bytes,
    view: new DataView(bytes.buffer),
    count: entries.length,
    offsets,
    firstOrdinal,
    ordinals,
    rtype,
    layout: layoutOf(rtype, version),
    version,
    tsOut,
  };
}
