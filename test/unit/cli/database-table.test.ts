import { expect } from 'chai';
import { databaseTable, tablesTable } from '../../../src/cli/tables/database-table.js';
import type { DatabaseStatus, DatabaseTable } from '../../../src/index.js';

const rowsFor = (...tables: DatabaseTable[]) => tablesTable({ tables } as unknown as DatabaseStatus).rows;
const trades = { name: 'trades', rows: 0, bytes: 90_112, empty: false, partitions: null };
const status = { name: 'status', rows: 0, bytes: 40_960, empty: true, partitions: null };

describe('what is said of a database', () => {
  const barsOf = (running: boolean, ...bars: DatabaseStatus['bars']): unknown => {
    const { rows } = databaseTable({ running, bars, migrations: null } as unknown as DatabaseStatus);
    return rows.find(([name]) => name === 'bars')?.[1];
  };

  it('has the bars that there are, and as what', () => {
    const made = [
      { length: '1m', name: 'bars_1m', kind: 'continuous aggregate' },
      { length: '1d', name: 'bars_1d', kind: 'view' },
    ] as const;
    expect(barsOf(true, ...made)).to.equal('bars_1m (continuous aggregate), bars_1d (view)');
    expect(barsOf(true)).to.equal('none');
    expect(barsOf(false)).to.equal(null);
  });
});

describe('the listing of tables', () => {
  it('has each that holds something, whatever the estimate of its rows, and the empty ones in one line', () => {
    expect(rowsFor(status, trades, { ...status, name: 'tbbo' })).to.deep.equal([
      ['trades', 0, 90_112],
      ['2 empty tables', 0, 81_920],
    ]);
    expect(rowsFor(status)).to.deep.equal([['1 empty table', 0, 40_960]]);
  });

  it('says of what cannot be told that it is unknown, and not that it is empty', () => {
    expect(rowsFor({ ...trades, rows: null, bytes: null }, status)).to.deep.equal([
      ['trades', 'unknown', 'unknown'],
      ['1 empty table', 0, 40_960],
    ]);
  });

  it('has the partitions of hypertables, where there are any', () => {
    const hypertable = { ...trades, partitions: { all: 4, compressed: 3 } };
    const tables = [hypertable, { ...trades, name: 'runs' }, status];
    const { columns, rows } = tablesTable({ tables } as unknown as DatabaseStatus);
    expect(columns.map(({ header }) => header)).to.deep.equal(['table', 'rows', 'bytes', 'partitions', 'compressed']);
    expect(rows).to.deep.equal([
      ['trades', 0, 90_112, 4, 3],
      ['runs', 0, 90_112, null, null],
      ['1 empty table', 0, 40_960, null, null],
    ]);
  });

  it('says nothing of empty tables where there are none', () => {
    expect(rowsFor(trades)).to.deep.equal([['trades', 0, 90_112]]);
    expect(rowsFor()).to.deep.equal([]);
  });
});
