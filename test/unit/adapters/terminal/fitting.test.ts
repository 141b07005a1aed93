import { expect } from 'chai';
import fc from 'fast-check';
import { displayWidth } from '../../../../src/adapters/terminal/display-width.js';
import { padLeft, padRight } from '../../../../src/adapters/terminal/pad.js';
import { truncateEnd, truncateMiddle } from '../../../../src/adapters/terminal/truncate.js';
import { wrapWords } from '../../../../src/adapters/terminal/wrap-words.js';

describe('the width of text', () => {
  it('counts wide characters twice, and accents and colours not at all', () => {
    expect(displayWidth('日本')).to.equal(4);
    expect(displayWidth('a\u0301')).to.equal(1);
    expect(displayWidth('\x1b[31mred\x1b[39m')).to.equal(3);
    expect(displayWidth('plain')).to.equal(5);
  });
});

describe('padding', () => {
  it('fills up to the width, and leaves longer text alone', () => {
    expect(padRight('日', 4)).to.equal('日  ');
    expect(padLeft('42', 4)).to.equal('  42');
    expect(padLeft('12345', 4)).to.equal('12345');
  });
});

describe('truncating', () => {
  it('leaves text alone that fits', () => {
    expect(truncateMiddle('abc', 3)).to.equal('abc');
    expect(truncateEnd('abc', 3)).to.equal('abc');
  });

  it('leaves out the middle of a path, less of its end', () => {
    expect(truncateMiddle('data/2024/01/glbx-mdp3-20240105.trades.dbn.zst', 30)).to.equal(
      'data/2024/0…105.trades.dbn.zst',
    );
  });

  it('leaves out the end of text', () => {
    expect(truncateEnd('a longer sentence', 9)).to.equal('a longer…');
    expect(truncateEnd('a longer sentence', 9, '...')).to.equal('a long...');
  });

  it('never cuts through a character as people see it', () => {
    expect(truncateEnd('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 4)).to.equal('👨‍👩‍👧…');
    expect(truncateMiddle('日本語日本語', 6)).to.equal('日…語');
  });

  it('shows as much of the ellipsis as there is room', () => {
    expect(truncateEnd('abcdef', 2, '...')).to.equal('..');
    expect(truncateMiddle('abcdef', 0)).to.equal('');
  });

  it('never exceeds the width, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, width) => {
        expect(displayWidth(truncateMiddle(text, width))).to.be.at.most(width);
        expect(displayWidth(truncateEnd(text, width))).to.be.at.most(width);
      }),
    );
  });
});

describe('wrapping words', () => {
  it('breaks at spaces and loses none of the words', () => {
    expect(wrapWords('the quick brown fox jumps', 10)).to.deep.equal(['the quick', 'brown fox', 'jumps']);
  });

  it('cuts through a word that is wider than a line', () => {
    expect(wrapWords('see abcdefghijkl now', 5)).to.deep.equal(['see', 'abcde', 'fghij', 'kl', 'now']);
  });

  it('leaves text whole when there is no width', () => {
    expect(wrapWords('the quick brown fox', Infinity)).to.deep.equal(['the quick brown fox']);
  });

  it('gives up on a character that is wider than the line', () => {
    expect(wrapWords('日本', 1)).to.deep.equal(['日本']);
  });
});
