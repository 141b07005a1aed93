import { expect } from 'chai';
import { watch } from './watchdog.js';

describe('inputs that are no longer what they were', () => {
  it('are refused, or read exactly as their bytes say', async function () {
    this.timeout(300_000);
    const { defects, counts } = await watch({ seed: 7, from: 0, to: 3000, database: true, saveTo: null });
    expect(defects).to.deep.equal([]);
    // A harness that compared nothing would find nothing.
    expect(counts['rows compared']).to.be.above(1000);
    expect(counts['DBN: read']).to.be.above(100);
    expect(counts['zstd: ZSTD_CHECKSUM']).to.be.above(10);
    expect(counts['into a database: read']).to.be.above(1);
  });
});
