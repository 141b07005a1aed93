import { expect } from 'chai';
import { BASE_TIME, builtinRegistry, rowOf } from '../support/plugin-rows.js';

/** Each i64 but the undefined one is a price: what a venue may print is not for a loader to say. */
const EXACTLY = [
  [-(2n ** 63n), '-9223372036.854775808'],
  [-1_000_000_000_000_000_001n, '-1000000000.000000001'],
  [10n ** 18n, '1000000000'],
  [1_234_567_890_123_456_789n, '1234567890.123456789'],
  [2n ** 63n - 2n, '9223372036.854775806'],
] as const;

describe('the prices of', () => {
  for (const { name, model } of builtinRegistry.list()) {
    for (const [version, { layout }] of model.bindings) {
      const wire = layout.fields.filter(({ type }) => type === 'price').map(({ name: field }) => field);
      if (wire.length === 0) continue;
      it(`${name}, DBN version ${version}, are exact, however large`, () => {
        const times = { ts_event: BASE_TIME, ...(layout.indexTimestamp === 'ts_recv' ? { ts_recv: BASE_TIME } : {}) };
        for (const [price, text] of EXACTLY) {
          const row = rowOf(name, { ...times, ...Object.fromEntries(wire.map((field) => [field, price])) }, version);
          const columns = wire.map((field) => (name === 'tbbo' ? field.replace(/_00$/, '') : field));
          expect(columns.map((column) => row[column])).to.deep.equal(wire.map(() => text));
        }
      });
    }
  }
});
