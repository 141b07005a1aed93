import { expect } from 'chai';
import { SymbolCells } from '../../../../src/core/symbology/symbol-cells.js';

const contentOf = (cells: SymbolCells, index: number): string => {
  const start = cells.starts[index] as number;
  expect(new DataView(cells.bytes.buffer).getInt32(start)).to.equal(cells.sizeOf(index) - 4);
  return Buffer.from(cells.bytes.subarray(start + 4, cells.starts[index + 1])).toString();
};

describe('symbol cells', () => {
  it('hold length and UTF-8, once for each symbol', () => {
    const cells = new SymbolCells();
    const first = cells.cellOf('ESH4');
    const second = cells.cellOf('Ärger€');
    expect(cells.cellOf('ESH4')).to.equal(first);
    expect(contentOf(cells, first)).to.equal('ESH4');
    expect(contentOf(cells, second)).to.equal('Ärger€');
    expect(cells.textOf(second)).to.equal('Ärger€');
    expect(cells.size).to.equal(4 + 4 + 4 + 9);
  });

  it('tell whether a field holds their symbol', () => {
    const cells = new SymbolCells();
    const cell = cells.cellOf('ESH4');
    const isText = (field: string, size = field.length): boolean =>
      cells.isText(cell, Buffer.from(`?${field}!`), 1, size);
    expect(['ESH4', 'ESH4\0', 'ESH4\0\0X'].map((field) => isText(field))).to.deep.equal([true, true, true]);
    const others = ['', 'ES', 'ESH', 'ESH\0', 'ESH5', 'ESH44', '\0SH4', 'ESH4 \0'];
    expect(others.map((field) => isText(field))).to.deep.equal(others.map(() => false));
  });

  it('grow in bytes and in number', () => {
    const cells = new SymbolCells();
    const indexes = Array.from({ length: 1000 }, (_, number) => cells.cellOf(`${number}`.repeat(20)));
    expect(contentOf(cells, indexes[999] as number)).to.equal('999'.repeat(20));
    expect(contentOf(cells, indexes[0] as number)).to.equal('0'.repeat(20));
  });

  it('forget everything when cleared', () => {
    const cells = new SymbolCells();
    cells.cellOf('ESH4');
    cells.clear();
    expect(cells.size).to.equal(0);
    expect(contentOf(cells, cells.cellOf('NQH4'))).to.equal('NQH4');
  });
});
