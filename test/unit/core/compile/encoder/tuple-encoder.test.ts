import { expect } from 'chai';
import { compiledModel } from '../../../../../src/core/compile/compiled-model.js';
import { TupleEncoder } from '../../../../../src/core/compile/encoder/tuple-encoder.js';
import { bigintCell, concat, textCell } from '../../../../../src/core/compile/row-encoder.js';
import { SymbolCells } from '../../../../../src/core/symbology/symbol-cells.js';
import { recordsOf, schemaOf, DATASET, TIME } from '../fixtures.js';

const schema = schemaOf('ohlcv-1s');
const compiled = compiledModel(schema.model, 3, schema.plugin.validation).encoderOf(schema.table);
const constant = concat([textCell(DATASET), bigintCell(7n)]);
const COUNT = 50;
const batch = recordsOf(
  schema,
  Array.from({ length: COUNT }, (_, index) => ({ instrument_id: index + 1, ts_event: TIME })),
);
const verdicts = new Uint8Array(COUNT);

/** Encodes a bar for each of the symbols and gives the symbols that the rows have. */
function symbolsBy(encoder: TupleEncoder, cells: SymbolCells, texts: readonly string[]): (string | undefined)[] {
  const symbols = Int32Array.from(texts, (text) => cells.cellOf(text));
  const symbolBytes = symbols.reduce((sum, cell) => sum + cells.sizeOf(cell), 0);
  const { tuples } = encoder.encode({ batch, verdicts, symbols, rows: COUNT, symbolBytes });
  const text = Buffer.from(tuples).toString('latin1');
  return texts.map((symbol, index) => {
    const from = text.indexOf(`${symbol}\0`, text.length * (index / COUNT) - 1);
    return from < 0 ? undefined : text.slice(from, from + symbol.length);
  });
}

describe('the encoder of tuples', () => {
  it('finds the symbols that come with each batch, more than there was room for, and others once they are forgotten', () => {
    const cells = new SymbolCells();
    const encoder = new TupleEncoder(compiled, constant, cells);
    for (let round = 0; round < 30; round++) {
      if (round % 10 === 9) cells.clear();
      const texts = Array.from({ length: COUNT }, (_, index) => `S${'x'.repeat(index % 7)}.${round}.${index}`);
      expect(symbolsBy(encoder, cells, texts), `round ${round}`).to.deep.equal(texts);
      // in another order, of cells that are there
      expect(symbolsBy(encoder, cells, [...texts].reverse())).to.deep.equal([...texts].reverse());
    }
    encoder.release();
  });

  it('gives its memory to the next one, and is of no more use', () => {
    const encode = (encoder: TupleEncoder): Uint8Array =>
      encoder.encode({ batch, verdicts, symbols: new Int32Array(COUNT), rows: COUNT, symbolBytes: COUNT * 8 }).tuples;
    const cells = new SymbolCells();
    cells.cellOf('ES');
    const first = new TupleEncoder(compiled, constant, cells);
    const made = encode(first);
    const text = Buffer.from(made).toString('hex');
    first.release();
    first.release();
    const second = new TupleEncoder(compiled, constant, cells);
    const third = new TupleEncoder(compiled, constant, cells);
    const again = encode(second);
    expect(again.buffer).to.equal(made.buffer);
    expect(encode(third).buffer).not.to.equal(made.buffer);
    expect(Buffer.from(again).toString('hex')).to.equal(text);
    expect(() => encode(first)).to.throw('gave its memory back');
  });
});
