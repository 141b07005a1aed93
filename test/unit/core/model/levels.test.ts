import { expect } from 'chai';
import {
  defineRecord,
  IsVenuePrice,
  levels,
  MarketRecord,
  modelOf,
  Nanos,
  Record,
  withFields,
  type PlainFields,
} from '../../../../src/plugin.js';
import { describeChecks } from '../../../../src/core/model/checks/describe-checks.js';
import { VALIDATION_COPY } from '../../../../src/core/plugin/validation-copy.js';

const LEVEL = {
  px: { type: 'price', description: 'Price.', checks: [IsVenuePrice()] },
  sz: { type: 'uint32', wire: 'quantity', description: 'Quantity.' },
  ct: { type: 'uint16' },
} as const satisfies PlainFields;

abstract class Seen extends MarketRecord {
  @Nanos() ts_recv!: bigint;
}

@Record({ indexTimestamp: 'ts_recv' })
class Book extends withFields(Seen, levels(12, LEVEL)) {
  /** Compiles only when the numbers of the levels are known to have two digits. */
  spread(): bigint | null {
    return this.px_00 === null || this.px_11 === null ? null : this.px_11 - this.px_00;
  }
}

describe('levels', () => {
  it('repeat the fields of one level, numbered with two digits', () => {
    const names = Object.keys(levels(12, LEVEL));
    expect(names.slice(0, 4)).to.deep.equal(['px_00', 'sz_00', 'ct_00', 'px_01']);
    expect(names.slice(-3)).to.deep.equal(['px_11', 'sz_11', 'ct_11']);
    expect(names).to.have.length(36);
  });

  it('number names on the wire too, and descriptions where there is more than one level', () => {
    expect(levels(2, LEVEL).sz_01).to.deep.equal({
      type: 'uint32',
      wire: 'quantity_01',
      description: 'Quantity, level 01.',
    });
    expect(levels(1, LEVEL).sz_00).to.include({ wire: 'quantity_00', description: 'Quantity.' });
    expect(levels(2, LEVEL).ct_00).to.deep.equal({ type: 'uint16' });
  });

  for (const count of [0, 101, 1.5, Number.NaN]) {
    it(`cannot be ${count}`, () => {
      expect(() => levels(count, LEVEL))
        .to.throw(`a book has 1 to 100 levels, found ${count}`)
        .with.property('code', 'MODEL_INVALID');
    });
  }
});

describe('a model with added fields', () => {
  it('has them in their order behind those of its base, with their checks', () => {
    const { fields, indexTimestamp } = modelOf(Book);
    expect(fields.slice(3, 7).map(({ name }) => name)).to.deep.equal(['ts_recv', 'px_00', 'sz_00', 'ct_00']);
    expect(fields).to.have.length(4 + 36);
    expect(indexTimestamp).to.equal('ts_recv');
    const entries = VALIDATION_COPY.entriesOf(Book);
    expect(describeChecks(entries, 'px_11')).to.include('between -1000000000 and 1000000000');
    expect(describeChecks(entries, 'sz_11')).to.deep.equal(['an integer from 0 to 4294967295']);
  });

  it('leaves its base as it was', () => {
    expect('px_00' in VALIDATION_COPY.instantiate(Seen, {})).to.equal(false);
    expect(VALIDATION_COPY.entriesOf(Seen).some(({ propertyName }) => propertyName === 'px_00')).to.equal(false);
  });

  it('is the model that a plain object declares', () => {
    const plain = defineRecord({
      name: 'Book',
      indexTimestamp: 'ts_recv',
      fields: { ts_recv: { type: 'nanos' }, ...levels(12, LEVEL) },
    });
    const described = (model: Parameters<typeof modelOf>[0]) =>
      modelOf(model).fields.flatMap(({ columns, wire }) => columns.map((column) => ({ ...column, wire })));
    expect(described(plain)).to.deep.equal(described(Book));
  });

  it('names its base when a field is declared wrongly', () => {
    expect(() => withFields(Seen, { note: { type: 'text' } }))
      .to.throw('what is added to model "Seen" declares the text "note" without its size')
      .with.property('code', 'MODEL_INVALID');
  });

  it('works on its instances', () => {
    const book = VALIDATION_COPY.instantiate(Book, { px_00: 1n, px_11: 5n }) as Book;
    expect(book.spread()).to.equal(4n);
  });
});
