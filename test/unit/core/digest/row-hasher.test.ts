import { expect } from 'chai';
import fc from 'fast-check';
import { Digest } from '../../../../src/core/digest/digest.js';
import { RowHasher } from '../../../../src/core/digest/row-hasher.js';

const COLUMNS = ['a', 'b', 'chunk_id'];

type Cell = Uint8Array | null;
type Row = readonly Cell[];

function tupleOf(row: Row): Buffer {
  const parts = row.map((cell) => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(cell === null ? -1 : cell.length);
    return Buffer.concat([length, cell ?? Buffer.alloc(0)]);
  });
  const count = Buffer.alloc(2);
  count.writeInt16BE(row.length);
  return Buffer.concat([count, ...parts]);
}

function digestOf(rows: readonly Row[], columns: readonly string[] = COLUMNS, table = 't'): Digest {
  const digest = new Digest();
  const hasher = new RowHasher(table, columns, ['chunk_id']);
  hasher.addTuples(digest, Buffer.concat(rows.map(tupleOf)), rows.length);
  return digest;
}

const text = (value: string): Buffer => Buffer.from(value);
const cell = fc.option(fc.uint8Array({ maxLength: 11 }), { nil: null });
const rowOf: fc.Arbitrary<Row> = fc.tuple(cell, cell, cell);

describe('RowHasher', () => {
  it('adds up: parts in any order give what the whole gives, and what is subtracted is gone', () => {
    fc.assert(
      fc.property(fc.array(rowOf), fc.array(rowOf), (some, others) => {
        const whole = digestOf([...some, ...others]);
        expect(String(digestOf(others).add(digestOf(some)))).to.equal(String(whole));
        expect(whole.subtract(digestOf(some)).equals(digestOf(others))).to.equal(true);
      }),
    );
  });

  it('tells rows apart that differ in one cell, and does not look at what is left out', () => {
    fc.assert(
      fc.property(rowOf, rowOf, (one, other) => {
        const same = [0, 1].every((column) => tupleOf([one[column]!]).equals(tupleOf([other[column]!])));
        expect(digestOf([one]).equals(digestOf([other]))).to.equal(same);
      }),
    );
  });

  it('tells apart what moved to another cell, another row or another table', () => {
    const rows: Row[] = [
      [text('ab'), null, null],
      [null, text('ab'), null],
      [text('a'), text('b'), null],
      [text(''), text('ab'), null],
      [text('ab'), text(''), null],
      [text('ab\0'), null, null],
      [text('\0ab'), null, null],
    ];
    const digests = [...rows.map((row) => String(digestOf([row]))), String(digestOf([rows[0]!], COLUMNS, 'u'))];
    expect(new Set(digests).size).to.equal(digests.length);
    const swapped = digestOf([
      [text('a'), text('d'), null],
      [text('b'), text('c'), null],
    ]);
    const straight = digestOf([
      [text('a'), text('c'), null],
      [text('b'), text('d'), null],
    ]);
    expect(swapped.equals(straight)).to.equal(false);
  });

  it('counts equal rows as often as they come', () => {
    const row: Row = [text('ab'), text('c'), null];
    const digests = [0, 1, 2, 3].map((times) => String(digestOf(Array<Row>(times).fill(row))));
    expect(new Set(digests).size).to.equal(4);
    expect(digests[0]).to.equal('0000000000000000');
  });

  it('is the same when a later version of a plugin adds a column for which older rows have no value', () => {
    const before = digestOf([[text('x'), text('y'), null]]);
    const after = digestOf([[text('x'), null, text('y'), null]], ['a', 'added', 'b', 'chunk_id']);
    expect(after.equals(before)).to.equal(true);
  });

  it('hardly ever gives two of many rows the same hash', () => {
    const digests = new Set<string>();
    for (let ordinal = 0; ordinal < 100_000; ordinal++) {
      const bytes = Buffer.alloc(8);
      bytes.writeInt32BE(ordinal, 4);
      digests.add(String(digestOf([[bytes, text('same'), null]])));
    }
    expect(digests.size).to.equal(100_000);
  });

  it('stops where bytes are no tuples', () => {
    const digest = new Digest();
    new RowHasher('t', COLUMNS).addTuples(digest, Buffer.from([0, 3, 1, 2]), 1);
    expect(String(digest)).to.equal('0000000000000000');
  });
});

describe('Digest', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (first, second) => {
        const digest = new Digest();
        digest.addHalves(first, second);
        expect(Digest.parse(String(digest)).equals(digest)).to.equal(true);
      }),
    );
  });

  it('refuses what is none', () => {
    expect(() => Digest.parse('abc')).to.throw('"abc" is no digest');
  });
});
