import { expect } from 'chai';
import fc from 'fast-check';
import { JsonNumber, parseExactJson } from '../../../../src/adapters/databento/replies/exact-json.js';

/** Numbers as JavaScript has them, for a comparison with JSON.parse. */
function inexact(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(inexact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, inexact(entry)]));
}

describe('exact JSON', () => {
  it('keeps every digit of a number', () => {
    const text = '[0.1000000000000000055511151231257827, 123456789012345678901234567890, -1.50e-7]';
    const digits = (parseExactJson(text) as JsonNumber[]).map((number) => number.text);
    expect(digits).to.deep.equal([
      '0.1000000000000000055511151231257827',
      '123456789012345678901234567890',
      '-1.50e-7',
    ]);
  });

  it('takes nothing inside a string for a number', () => {
    expect(parseExactJson('{"a 1": "b \\"2\\" \\\\", "#3": "#4"}')).to.deep.equal({ 'a 1': 'b "2" \\', '#3': '#4' });
  });

  it('keeps names that mean something to JavaScript as plain names', () => {
    const parsed = parseExactJson('{"__proto__": {"x": 1}}') as object;
    expect(Object.keys(parsed)).to.deep.equal(['__proto__']);
    expect(Object.getPrototypeOf(parsed)).to.equal(Object.prototype);
  });

  for (const text of ['', '{', '[1,', '1.', '"open', 'nul', '{"a":1}}', '<html>']) {
    it(`refuses what JSON.parse refuses: ${text}`, () => {
      expect(() => parseExactJson(text)).to.throw(SyntaxError);
    });
  }

  it('otherwise reads any JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(inexact(parseExactJson(text))).to.deep.equal(JSON.parse(text));
      }),
    );
  });

  it('reads strings of many megabytes', () => {
    const long = 'x\\n'.repeat(3_000_000);
    expect((parseExactJson(`["${long}", 7]`) as [string, JsonNumber])[1].text).to.equal('7');
  });
});
