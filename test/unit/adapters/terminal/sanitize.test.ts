import { expect } from 'chai';
import fc from 'fast-check';
import { sanitize, sanitizeLines } from '../../../../src/adapters/terminal/sanitize.js';

describe('text from outside', () => {
  it('keeps what is harmless, in any script', () => {
    const text = 'data/ES=F 日本語 naïve 👨‍👩‍👧 a\u0301 \\x1b';
    expect(sanitize(text)).to.equal(text);
  });

  it('has escape sequences spelled out instead of obeyed', () => {
    expect(sanitize('a\x1b[2Jb\x1b]0;title\x07c\u009b31m')).to.equal('a\\x1b[2Jb\\x1b]0;title\\x07c\\x9b31m');
  });

  it('stays on one line', () => {
    expect(sanitize('a\nb\r\nc\td\u2028e')).to.equal('a\\nb\\r\\nc\\td\\u2028e');
  });

  it('cannot turn the direction of what follows', () => {
    expect(sanitize('\u202egnp.exe\u2066')).to.equal('\\u202egnp.exe\\u2066');
  });

  it('shows halves of surrogate pairs and leaves whole pairs alone', () => {
    expect(sanitize('\ud800x\udc00😀')).to.equal('\\ud800x\\udc00😀');
  });

  it('never holds a control character, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(sanitize(text)).not.to.match(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
      }),
    );
  });

  it('can keep its lines', () => {
    expect(sanitizeLines('one\r\ntwo\x07\nthree')).to.deep.equal(['one', 'two\\x07', 'three']);
  });
});
