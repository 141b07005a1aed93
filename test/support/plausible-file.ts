import { encodeDbn, newMetadata } from '../../src/core/dbn/index.js';
import type { DbnVersion } from '../../src/core/dbn/layout/record-layout.js';
import type { ModelBinding } from '../../src/core/model/model-spec.js';
import { plausibleValues, seededRandom } from '../../src/testing/sample-records.js';
import { builtinRegistry } from './plugin-rows.js';

/** All index timestamps are before it. */
const END = 1_609_500_000_000_000_000n;

/**
 * A file of any bundled schema, in the order of its index timestamps; now and then a field is undefined, or a
 * character NUL.
 */
export function plausibleFile(schema: string, version: DbnVersion, count: number): Uint8Array {
  const { model, rtype } = builtinRegistry.get(schema);
  const binding = model.bindings.get(version) as ModelBinding;
  const { indexTimestamp } = binding.layout;
  const random = seededRandom(rtype * 31 + version);
  const records = Array.from({ length: count }, () => {
    const values = plausibleValues(binding, rtype, random);
    // computed by the encoder
    delete values['length'];
    for (const { name, type, undef } of binding.layout.fields) {
      if (name === indexTimestamp || random(5) > 0) continue;
      if (undef !== undefined) values[name] = undef;
      if (type === 'char') values[name] = '';
    }
    return values;
  });
  const timeOf = (values: (typeof records)[number]): bigint => BigInt(values[indexTimestamp] as bigint);
  records.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  const start = timeOf(records[0] as (typeof records)[number]);
  const metadata = newMetadata({ dataset: 'TEST.SET', schema, version, start, end: END, symbols: ['ALL_SYMBOLS'] });
  return encodeDbn(
    metadata,
    records.map((values) => ({ layout: binding.layout.name, values })),
  );
}
