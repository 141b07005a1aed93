import { expect } from 'chai';
import { GuardedStream } from '../../../../src/adapters/reporters/guarded-stream.js';
import { LiveRegion } from '../../../../src/adapters/reporters/live-region.js';
import { FakeTerminal } from '../../../support/fake-terminal.js';

function on(columns: number, rows = 24, reflows = true) {
  const terminal = new FakeTerminal(columns, rows);
  const region = new LiveRegion(
    new GuardedStream(terminal),
    () => terminal.columns,
    () => terminal.rows,
    reflows,
  );
  return { terminal, region };
}

describe('the live region', () => {
  it('draws over its block, and keeps lines above it', () => {
    const { terminal, region } = on(40);
    region.draw([], ['read 10 %', 'load 5 %']);
    region.draw(['a note'], ['read 20 %', 'load 5 %']);
    region.draw(['two', 'more'], ['read 30 %', 'load 15 %', 'and a third line']);
    expect(terminal.screen).to.deep.equal(['a note', 'two', 'more', 'read 30 %', 'load 15 %', 'and a third line']);
  });

  it('leaves nothing behind when its block gets shorter', () => {
    const { terminal, region } = on(40);
    region.draw([], ['one', 'two', 'three']);
    region.draw([], ['one']);
    expect(terminal.screen).to.deep.equal(['one']);
  });

  it('clears its block and leaves the cursor where it began', () => {
    const { terminal, region } = on(40);
    region.draw(['a note'], ['one', 'two', 'three']);
    region.clear(['the end']);
    expect(terminal.screen).to.deep.equal(['a note', 'the end']);
    expect(terminal.cursorRow).to.equal(2);
    expect(terminal.cursorVisible).to.equal(true);
  });

  it('leaves long lines above to the terminal to break', () => {
    const { terminal, region } = on(10);
    region.draw(['0123456789abc'], ['bar']);
    region.draw([], ['longer bar']);
    terminal.resize(20);
    expect(terminal.screen).to.deep.equal(['0123456789abc', 'longer bar']);
  });

  it('reaches the terminal in one piece for each picture', () => {
    const { terminal, region } = on(40);
    region.draw(['a note'], ['one', 'two']);
    region.draw(['another'], ['one', 'three']);
    expect(terminal.writes).to.have.length(2);
  });

  it('writes nothing when nothing has changed', () => {
    const { terminal, region } = on(40);
    region.draw([], ['one', 'two']);
    region.draw([], ['one', 'two']);
    region.clear();
    region.clear();
    expect(terminal.writes).to.have.length(2);
  });

  it('leaves no traces when the window is made narrower, or wider', () => {
    const { terminal, region } = on(40);
    region.draw(['above'], ['x'.repeat(39), 'y'.repeat(25), '']);
    terminal.resize(15);
    region.draw([], ['x'.repeat(14), 'y'.repeat(14)]);
    expect(terminal.screen).to.deep.equal(['above', 'x'.repeat(14), 'y'.repeat(14)]);
    terminal.resize(60);
    region.draw(['more'], ['x'.repeat(59), 'y'.repeat(14)]);
    expect(terminal.screen).to.deep.equal(['above', 'more', 'x'.repeat(59), 'y'.repeat(14)]);
    terminal.resize(20);
    region.clear();
    expect(terminal.screen).to.deep.equal(['above', 'more']);
  });

  it('erases no more than its own rows on a terminal that cuts lines instead of breaking them', () => {
    const { terminal, region } = on(40, 24, false);
    region.draw(['above', 'and more above'], ['x'.repeat(39), 'y'.repeat(25)]);
    terminal.columns = 15;
    region.clear();
    expect(terminal.screen).to.deep.equal(['above', 'and more above']);
  });

  it('shows the end of its block on a terminal with fewer rows', () => {
    const { terminal, region } = on(40, 3);
    for (const percent of [1, 2]) region.draw([], ['one', 'two', 'three', `four ${percent} %`]);
    expect(terminal.screen).to.deep.equal(['three', 'four 2 %']);
  });
});
