import { expect } from 'chai';
import { compressionSettings } from '../../../../../src/adapters/postgres/timescale/compression.js';
import { createHypertable } from '../../../../../src/adapters/postgres/timescale/hypertable-sql.js';
import { sameDigests } from '../../../../../src/adapters/postgres/timescale/move-tables.js';
import { partitionStarts } from '../../../../../src/adapters/postgres/timescale/partitions.js';
import { TableStorage } from '../../../../../src/adapters/postgres/timescale/table-storage.js';
import { Digest } from '../../../../../src/core/digest/digest.js';
import { testTable } from '../../../../support/copy-tuples.js';

const timescale = { version: '2.28.3', schema: 'ext', community: true };
const table = { ...testTable(), schema: 'trades' };
const oneLine = (sql: string): string => sql.replace(/\s+/g, ' ');

describe('SQL for hypertables', () => {
  it('partitions by the index timestamp, without an index of the extension', () => {
    expect(oneLine(createHypertable(timescale, `o"dd`, table, { seconds: 43_200 }))).to.equal(
      `select "ext"."create_hypertable"('"o""dd"."trades"'::regclass, "ext"."by_range"('ts_recv', interval '12 hours'), ` +
        'create_default_indexes => false, migrate_data => false)',
    );
  });

  it('takes the interval of the schema, or the one chosen for it', () => {
    const make = (chosen: [string, number][]): string =>
      new TableStorage('tick', { kind: 'auto', chunkIntervals: new Map(chosen) }).hypertable(timescale, table);
    expect(make([])).to.contain(`interval '24 hours'`);
    expect(make([['trades', 7_200]])).to.contain(`interval '2 hours'`);
  });

  it('compresses in the order of time, by instrument only where that pays', () => {
    const together = oneLine(compressionSettings('tick', table, true));
    expect(together).to.contain(`timescaledb.compress_segmentby = '"instrument_id"'`);
    expect(together).to.contain(`timescaledb.compress_orderby = '"ts_recv", "chunk_id", "ordinal"'`);
    expect(compressionSettings('tick', table, false)).to.contain(`timescaledb.compress_segmentby = ''`);
  });
});

describe('the partitions that a range touches', () => {
  const HOUR = 3_600_000_000n;
  const at = (micros: bigint): bigint => micros * 1000n;

  it('are those from its first to its last nanosecond', () => {
    expect(partitionStarts({ start: at(HOUR), end: at(3n * HOUR) }, HOUR)).to.deep.equal([HOUR, 2n * HOUR]);
    expect(partitionStarts({ start: at(HOUR) + 1n, end: at(3n * HOUR) + 1n }, HOUR)).to.deep.equal([
      HOUR,
      2n * HOUR,
      3n * HOUR,
    ]);
  });

  it('are none where the range is empty or begins before 1970, or would need too many', () => {
    expect(partitionStarts({ start: at(HOUR), end: at(HOUR) }, HOUR)).to.deep.equal([]);
    expect(partitionStarts({ start: -1n, end: at(HOUR) }, HOUR)).to.deep.equal([]);
    expect(partitionStarts({ start: 0n, end: at(100n * HOUR) }, HOUR)).to.have.length(100);
    expect(partitionStarts({ start: 0n, end: at(100n * HOUR) + 1n }, HOUR)).to.deep.equal([]);
  });
});

describe('digests of moved tables', () => {
  const digest = (hex: string): Digest => Digest.parse(hex.padStart(16, '0'));

  it('are the same when those of every chunk are', () => {
    const before = new Map([[1, digest('a')]]);
    expect(sameDigests(before, new Map([[1, digest('a')]]))).to.equal(true);
    expect(sameDigests(before, new Map([[1, digest('b')]]))).to.equal(false);
    expect(sameDigests(before, new Map())).to.equal(false);
    expect(sameDigests(new Map(), before)).to.equal(false);
  });
});
