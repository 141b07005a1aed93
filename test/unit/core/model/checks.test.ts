import { expect } from 'chai';
import { validateSync } from 'class-validator';
import {
  Char,
  Int8,
  IsNotBelow,
  IsVenuePrice,
  MarketRecord,
  Price,
  Record,
  Text,
  Uint64,
  Uint8,
} from '../../../../src/plugin.js';

@Record({ indexTimestamp: 'ts_event' })
class Quote extends MarketRecord {
  @IsVenuePrice()
  @Price()
  low!: bigint | null;

  @IsNotBelow('low', { message: 'high under low' })
  @IsNotBelow('level')
  @Price()
  high!: bigint | null;

  @Int8() level!: number;
  @Uint8({ undef: 255n }) depth!: number | null;
  @Uint64() count!: bigint;
  @Uint64({ column: 'numeric' }) order_id!: bigint;
  @Char() side!: string | null;
  @Text(4) note!: string;
}

const GOOD = {
  publisher_id: 1,
  instrument_id: 2,
  ts_event: 3n,
  low: 5n,
  high: 7n,
  level: -1,
  depth: 3,
  count: 9n,
  order_id: 10n,
  side: 'A',
  note: 'é',
};

function problems(values: object): string[] {
  const quote = Object.assign(Object.create(Quote.prototype as object) as Quote, GOOD, values);
  return validateSync(quote).flatMap(({ constraints = {} }) => Object.values(constraints));
}

describe('checks of a model', () => {
  it('accept values that wire type and column hold', () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ low: null, high: null, depth: null, side: null })).to.deep.equal([]);
    expect(problems({ level: -128n, count: 2n ** 63n - 1n, order_id: 2n ** 64n - 1n, note: '' })).to.deep.equal([]);
    expect(problems({ low: -(10n ** 18n), side: '\xff' })).to.deep.equal([]);
  });

  for (const [name, values, message] of [
    ['an integer below its type', { level: -129 }, 'level must be an integer from -128 to 127, found "-129"'],
    ['an integer beyond its type', { level: 128n }, 'level must be an integer from -128 to 127, found "128"'],
    ['a fraction', { level: 1.5 }, 'level must be an integer from -128 to 127, found "1.5"'],
    [
      'a number that is not exact',
      { count: 2 ** 60 },
      'count must be an integer from 0 to 9223372036854775807, found "1152921504606847000"',
    ],
    ['a string for a number', { level: '1' }, 'level must be an integer from -128 to 127, found "1"'],
    [
      'an object for a number',
      { level: {} },
      'level must be an integer from -128 to 127, found a value of type object',
    ],
    [
      'a u64 beyond bigint',
      { count: 2n ** 63n },
      'count must be an integer from 0 to 9223372036854775807, found "9223372036854775808"',
    ],
    ['nothing where a row needs a value', { level: null }, 'level is undefined; a row needs it'],
    ['a value that is missing', { level: undefined }, 'level is undefined; a row needs it'],
    ['an undefined index timestamp', { ts_event: null }, 'ts_event is undefined; a row needs it'],
    ['two characters', { side: 'AB' }, 'side must be one character, found "AB"'],
    ['a character beyond a byte', { side: '€' }, 'side must be one character, found "€"'],
    ['a NUL character', { side: '\0' }, 'side must be one character, found "\\u0000"'],
    ['text too long in UTF-8', { note: '€€' }, 'note must be text of up to 4 bytes of UTF-8, found "€€"'],
    ['text with a NUL', { note: 'a\0' }, 'note must be text of up to 4 bytes of UTF-8'],
    ['text with half a character', { note: '\ud83d' }, 'note must be text of up to 4 bytes of UTF-8'],
    [
      'a price beyond any venue',
      { low: 10n ** 18n + 1n, high: null },
      'low must be between -1000000000 and 1000000000, found "1000000000.000000001"',
    ],
    [
      'a price below any venue',
      { low: -(10n ** 18n) - 1n },
      'low must be between -1000000000 and 1000000000, found "-1000000000.000000001"',
    ],
    ['a value below its bound', { high: -2n, low: null }, 'high must not be below level "-1", found "-0.000000002"'],
    ['a value below its bound, in words of its own', { high: 4n }, 'high under low'],
    ['a bound that cannot be compared with', { level: 'x' }, 'high must not be below level "x", found "0.000000007"'],
  ] as const) {
    it(`reject ${name}`, () => {
      const found = problems(values);
      expect(
        found.some((problem) => problem.startsWith(message)),
        found.join('; '),
      ).to.equal(true);
    });
  }
});
