import { expect } from 'chai';
import fc from 'fast-check';
import { displayWidth } from '../../../../src/adapters/terminal/display-width.js';
import {
  renderTable,
  renderTableBatches,
  type Cell,
  type TableColumn,
} from '../../../../src/adapters/terminal/render-table.js';

const piped = { color: false, unicode: true };
const columns: readonly TableColumn[] = [
  { header: 'run' },
  { header: 'source', cut: 'middle' },
  { header: 'records', align: 'right' },
];
const rows: Cell[][] = [
  ['5b0c7e1e', 'data/2024/01/glbx-mdp3-20240105.trades.dbn.zst', 1_234_567],
  ['93ac4d5e', 'stdin', null],
];

const lines = (text: string): string[] => text.split('\n').slice(0, -1);

describe('a table', () => {
  it('stands in columns, numbers to the right, and is whole in a pipe', () => {
    expect(lines(renderTable(columns, rows, piped))).to.deep.equal([
      'run       source                                          records',
      '────────  ──────────────────────────────────────────────  ───────',
      '5b0c7e1e  data/2024/01/glbx-mdp3-20240105.trades.dbn.zst  1234567',
      '93ac4d5e  stdin                                                  ',
    ]);
  });

  it('is cut to the width of a terminal, where there is most to cut', () => {
    expect(lines(renderTable(columns, rows, { ...piped, columns: 40 }))).to.deep.equal([
      'run       source                 records',
      '────────  ─────────────────────  ───────',
      '5b0c7e1e  data/202…ades.dbn.zst  1234567',
      '93ac4d5e  stdin                         ',
    ]);
  });

  it('shares what is missing among columns of the same width', () => {
    const wide = ['a', 'b'].map((letter) => letter.repeat(30));
    const two = [{ header: 'first' }, { header: 'second' }];
    const [, , row] = lines(renderTable(two, [wide], { ...piped, columns: 43 }));
    expect(row).to.equal(`${'a'.repeat(20)}…  ${'b'.repeat(19)}…`);
  });

  it('leaves out columns that have no room, and says how many', () => {
    const many = Array.from({ length: 70 }, (_, i) => ({ header: `a_column_${i}` }));
    const text = renderTable(many, [many.map(({ header }) => header)], { ...piped, columns: 60 });
    for (const line of lines(text)) expect(displayWidth(line)).to.be.at.most(60);
    expect(lines(text).at(-1)).to.equal('64 more columns did not fit into 60 columns of text');
  });

  it('cuts the one column that is left however narrow it gets', () => {
    const text = renderTable([{ header: 'abcdefghij' }, { header: 'klmnopqrst' }], [['abcdefghij', 1]], {
      ...piped,
      unicode: false,
      columns: 5,
    });
    expect(lines(text)).to.deep.equal(['ab...', '-----', 'ab...', '1 ...']);
  });

  it('shows missing values as asked, and missing cells like them', () => {
    const text = renderTable(columns, [['a', undefined]], { ...piped, nullText: 'NULL' });
    expect(lines(text).at(-1)).to.equal('a    NULL       NULL');
  });

  it('makes cells and headers harmless', () => {
    const text = renderTable([{ header: 'x\x1b[2J' }], [['a\nb\x07']], piped);
    expect(text).to.include('x\\x1b[2J').and.to.include('a\\nb\\x07');
  });

  it('has a bold header in colour', () => {
    expect(renderTable([{ header: 'run' }], [], { ...piped, color: true })).to.include('\x1b[1mrun\x1b[22m');
  });

  it('never exceeds the terminal, whatever the cells', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 3, maxLength: 3 }), { maxLength: 4 }),
        fc.integer({ min: 12, max: 90 }),
        (cells, width) => {
          for (const line of lines(renderTable(columns, cells, { ...piped, columns: width }))) {
            expect(displayWidth(line)).to.be.at.most(width);
          }
        },
      ),
    );
  });
});

describe('a table in batches', () => {
  async function* batches(...all: Cell[][][]): AsyncGenerator<Cell[][]> {
    yield* all;
  }

  const collect = async (texts: AsyncIterable<string>): Promise<string[]> => {
    const collected: string[] = [];
    for await (const text of texts) collected.push(text);
    return collected;
  };

  it('has one header, and the widths of its first batch', async () => {
    const two = [{ header: 'id' }, { header: 'symbol' }];
    const given = batches([], [[1, 'ESH4']], [[22_222, 'ESM4']]);
    const texts = await collect(renderTableBatches(two, given, { ...piped, columns: 40 }));
    expect(lines(texts.join(''))).to.deep.equal(['id  symbol', '──  ──────', '1   ESH4', '2…  ESM4']);
  });

  it('keeps wider values of later batches whole in a pipe', async () => {
    const two = [{ header: 'id' }, { header: 'symbol' }];
    const texts = await collect(renderTableBatches(two, batches([[1, 'ESH4']], [[22_222, 'ESM4']]), piped));
    expect(texts.at(-1)).to.equal('22222  ESM4\n');
  });

  it('says at the end which columns had no room', async () => {
    const many = Array.from({ length: 9 }, (_, i) => ({ header: `a_column_${i}` }));
    const texts = await collect(renderTableBatches(many, batches([[1]], [[2]]), { ...piped, columns: 20 }));
    expect(texts.at(-1)).to.equal('7 more columns did …\n');
  });

  it('is a header alone when there are no rows', async () => {
    const texts = await collect(renderTableBatches([{ header: 'id' }], batches(), piped));
    expect(texts).to.deep.equal(['id\n──\n']);
  });
});
