import { expect } from 'chai';
import { detectTerminal, type Environment } from '../../../../src/adapters/terminal/detect-terminal.js';
import { styleFor } from '../../../../src/adapters/terminal/style.js';

const tty = { isTTY: true, columns: 132 };
const utf8 = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color' };
const on = (env: Environment, stream: { isTTY?: boolean; columns?: number } = tty, platform = 'linux') =>
  detectTerminal(stream, env, platform);

describe('what a stream can show', () => {
  it('is everything on a terminal with a UTF-8 locale', () => {
    const traits = on(utf8);
    expect(traits).to.include({ redrawable: true, interactive: true, color: true, unicode: true, reflows: true });
    expect(traits.columns()).to.equal(132);
  });

  it('is plain text in a pipe, without a width', () => {
    const traits = on(utf8, {});
    expect(traits).to.include({ redrawable: false, interactive: false, color: false });
    expect(traits.columns()).to.equal(undefined);
  });

  it('takes the width anew each time it is asked', () => {
    const stream = { isTTY: true, columns: 80 };
    const { columns } = on(utf8, stream);
    stream.columns = 60;
    expect(columns()).to.equal(60);
  });

  it('assumes 80 columns when a terminal does not tell, or says 0', () => {
    expect(on(utf8, { isTTY: true }).columns()).to.equal(80);
    expect(on(utf8, { isTTY: true, columns: 0 }).columns()).to.equal(80);
  });

  it('has no colour with NO_COLOR, unless it is empty', () => {
    expect(on({ ...utf8, NO_COLOR: '1' })).to.include({ color: false, redrawable: true });
    expect(on({ ...utf8, NO_COLOR: '' }).color).to.equal(true);
  });

  it('has colour with FORCE_COLOR even in a pipe and with NO_COLOR, and none with FORCE_COLOR=0', () => {
    expect(on({ FORCE_COLOR: '1', NO_COLOR: '1' }, {}).color).to.equal(true);
    expect(on({ ...utf8, FORCE_COLOR: '0' }).color).to.equal(false);
  });

  it('cannot be drawn over with TERM=dumb', () => {
    expect(on({ ...utf8, TERM: 'dumb' })).to.include({ redrawable: false, interactive: false, color: false });
  });

  it('is looked at by nobody with CI, unless CI says false', () => {
    expect(on({ ...utf8, CI: 'true' })).to.include({ redrawable: true, interactive: false, color: false });
    expect(on({ ...utf8, CI: 'false' }).interactive).to.equal(true);
  });

  it('is ASCII without a UTF-8 locale, and on the console of Linux', () => {
    expect(on({ LANG: 'C' }).unicode).to.equal(false);
    expect(on({}).unicode).to.equal(false);
    expect(on({ ...utf8, LC_ALL: 'C' }).unicode).to.equal(false);
    expect(on({ ...utf8, TERM: 'linux' })).to.include({ unicode: false, reflows: false });
  });

  it('is Unicode on Windows in the terminals that can', () => {
    expect(on({}, tty, 'win32').unicode).to.equal(false);
    expect(on({ WT_SESSION: 'x' }, tty, 'win32').unicode).to.equal(true);
  });
});

describe('style', () => {
  it('is nothing but the text without colour', () => expect(styleFor(false).red('text')).to.equal('text'));

  it('switches off what it switches on', () => {
    expect(styleFor(true).bold('text')).to.equal('\x1b[1mtext\x1b[22m');
    expect(styleFor(true).bold('')).to.equal('');
  });
});
