import { expect } from 'chai';
import { IndexTimestampWatch } from '../../../../src/core/coverage/index-timestamp-watch.js';
import { layoutOf } from '../../../../src/core/dbn/layout/layouts.js';
import type { RecordBatch } from '../../../../src/core/dbn/record-batch.js';

const UNDEFINED = 2n ** 64n - 1n;

function tradesAt(...timestamps: bigint[]): RecordBatch {
  const layout = layoutOf(0x00, 3);
  if (layout === undefined) throw new Error('no layout for trades');
  const bytes = new Uint8Array(layout.size * timestamps.length);
  const view = new DataView(bytes.buffer);
  const offsets = Uint32Array.from(timestamps, (_, index) => index * layout.size);
  timestamps.forEach((ns, index) => view.setBigUint64(index * layout.size + 32, ns, true));
  const ordinals = Uint32Array.from(timestamps, (_, index) => index);
  const count = timestamps.length;
  return { bytes, view, count, offsets, ordinals, firstOrdinal: 0, rtype: 0, layout, version: 3, tsOut: false };
}

describe('IndexTimestampWatch', () => {
  it('remembers the last index timestamp across batches', () => {
    const watch = new IndexTimestampWatch();
    expect(watch.lastIndexTimestamp).to.equal(null);
    watch.watch(tradesAt(1n, 2n ** 33n));
    watch.watch(tradesAt(2n ** 33n, 2n ** 33n + 5n));
    expect(watch.lastIndexTimestamp).to.equal(2n ** 33n + 5n);
    expect(watch.ranBackwards).to.equal(false);
  });

  it('notices a step back in the low half and in the high half', () => {
    const low = new IndexTimestampWatch();
    low.watch(tradesAt(10n, 9n));
    expect(low.ranBackwards).to.equal(true);
    const high = new IndexTimestampWatch();
    high.watch(tradesAt(2n ** 40n, 2n ** 39n + 7n));
    expect(high.ranBackwards).to.equal(true);
    expect(high.lastIndexTimestamp).to.equal(2n ** 40n);
  });

  it('knows the earliest and the latest, also when they run backwards', () => {
    const watch = new IndexTimestampWatch();
    expect(watch.seen).to.equal(null);
    watch.watch(tradesAt(20n, 30n, 10n, 25n, 11n));
    expect(watch.seen).to.deep.equal({ first: 10n, last: 30n });
  });

  it('passes over undefined timestamps', () => {
    const watch = new IndexTimestampWatch();
    watch.watch(tradesAt(5n, UNDEFINED, 6n));
    expect(watch.lastIndexTimestamp).to.equal(6n);
    expect(watch.ranBackwards).to.equal(false);
  });

  it('passes over records whose layout is not known', () => {
    const watch = new IndexTimestampWatch();
    watch.watch({ ...tradesAt(5n), layout: undefined });
    expect(watch.lastIndexTimestamp).to.equal(null);
  });
});
