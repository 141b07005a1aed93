import { expect } from 'chai';
import { readErrorBody } from '../../../../src/adapters/databento/errors/error-body.js';
import { plainText } from '../../../../src/adapters/databento/errors/plain-text.js';
import { readRetryAfter } from '../../../../src/adapters/databento/errors/retry-after.js';
import { readWarnings } from '../../../../src/adapters/databento/errors/warnings.js';

describe('an error body', () => {
  it('may have its detail as a text', () => {
    const body = readErrorBody('{"detail": "Not authenticated"}');
    expect(body).to.deep.equal({ case: null, message: 'Not authenticated', docs: null, payload: {} });
  });

  it('may have its detail as an object', () => {
    const detail = {
      case: 'data_end_after_available_end',
      message: 'The dataset has data up to then.',
      status_code: 422,
      docs: 'https://databento.com/docs/x',
      payload: {
        dataset: 'GLBX.MDP3',
        available_end: '2024-01-10',
        limit: 3,
        ok: true,
        gone: null,
        deep: { a: 1 },
        'not a name': 1,
      },
    };
    const payload = { dataset: 'GLBX.MDP3', available_end: '2024-01-10', limit: 3, ok: true, gone: null };
    expect(readErrorBody(JSON.stringify({ detail }))).to.deep.equal({
      case: detail.case,
      message: detail.message,
      docs: detail.docs,
      payload,
    });
  });

  it('may lack nearly all of the object', () => {
    expect(readErrorBody('{"detail": {"case": "x"}}')).to.deep.include({ case: 'x', message: '', docs: null });
    expect(readErrorBody('{"detail": {"message": "m", "docs": null}}')).to.deep.include({ case: null, message: 'm' });
    expect(readErrorBody('{"detail": {"docs": "javascript:alert(1)", "message": "m"}}').docs).to.equal(null);
    expect(readErrorBody('{"detail": {}}').message).to.equal('{"detail": {}}');
  });

  it('may have its detail as an array of validation errors', () => {
    const detail = [
      { loc: ['query', 'start'], msg: 'field required', type: 'missing' },
      { loc: ['body', 'symbols', 3], type: 'too_long' },
      { msg: 'alone' },
      'a text',
      7,
      {},
    ];
    expect(readErrorBody(JSON.stringify({ detail })).message).to.equal(
      'query.start: field required; body.symbols.3: too_long; alone; a text; 7; not valid',
    );
  });

  it('may be HTML, text, other JSON or nothing', () => {
    const html = '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>';
    expect(readErrorBody(html).message).to.equal('502 Bad Gateway 502');
    expect(readErrorBody('upstream failed').message).to.equal('upstream failed');
    expect(readErrorBody('[1]').message).to.equal('[1]');
    expect(readErrorBody('{"error": "other"}').message).to.equal('{"error": "other"}');
    expect(readErrorBody('').message).to.equal('');
  });
});

describe('a text from the service', () => {
  it('loses tags, scripts, comments and entities of HTML', () => {
    const html =
      '<html><style>p{}</style><!-- <b>no</b> --><body><p>A &amp; B&nbsp;&lt;&#99;&#x64;&gt; &who;<script>evil()';
    expect(plainText(html)).to.equal('A & B <cd> &who;');
    expect(plainText('<p>&#0;&#x110000;</p><')).to.equal('&#0;&#x110000;');
  });

  it('keeps what only looks like tags', () => {
    expect(plainText('expected start < end, found 5 > 3')).to.equal('expected start < end, found 5 > 3');
  });

  it('becomes one line that no terminal obeys', () => {
    expect(plainText('a\r\n\tb \u001b[31mred\u202e')).to.equal('a b \\x1b[31mred\\u202e');
  });

  it('is cut when it is long', () => {
    expect(plainText('x'.repeat(9000)))
      .to.have.lengthOf(501)
      .and.match(/…$/);
  });
});

describe('the header X-Warning', () => {
  it('is a JSON array of texts', () => {
    expect(readWarnings(['["Warning: no data", "DeprecationWarning: old"]', '["third"]'])).to.deep.equal([
      'Warning: no data',
      'DeprecationWarning: old',
      'third',
    ]);
  });

  it('is a warning as it stands when it is none', () => {
    expect(readWarnings(['Warning: plain [', '"a text"', '{"a":1}', '[{"b":2}]', '', '[]', '[""]'])).to.deep.equal([
      'Warning: plain [',
      'a text',
      '{"a":1}',
      '{"b":2}',
    ]);
  });
});

describe('the header Retry-After', () => {
  const now = new Date('2024-01-10T00:00:00Z');
  for (const [value, ms] of [
    ['2', 2000],
    ['0', 0],
    ['1.5', 1500],
    ['Wed, 10 Jan 2024 00:00:07 GMT', 7000],
    ['Tue, 09 Jan 2024 00:00:00 GMT', 0],
    ['soon', undefined],
    ['-5', undefined],
    ['Sun, whenever', undefined],
    [undefined, undefined],
  ] as const) {
    it(`${value === undefined ? 'may be missing' : `is read: ${value}`}`, () => {
      expect(readRetryAfter(value, now)).to.equal(ms);
    });
  }
});
