import { expect } from 'chai';
import { BarReporter } from '../../../../src/adapters/reporters/bar-reporter.js';
import type { ReporterSettings } from '../../../../src/core/progress/reporter-definition.js';
import { FakeTerminal } from '../../../support/fake-terminal.js';
import { chunkFinished, failedChunk, note, runFinished, runStarted } from '../../../support/made-up-run.js';

function open(columns: number, more: Partial<ReporterSettings> = {}) {
  const terminal = new FakeTerminal(columns);
  const reporter = new BarReporter({
    stream: terminal,
    columns: () => terminal.columns,
    redrawable: true,
    color: true,
    unicode: true,
    verbose: false,
    memory: () => 1024 ** 2,
    intervalMs: 100,
    ...more,
  });
  const halfAChunk = (source = 'data/a.dbn.zst'): void => {
    reporter.report({ type: 'chunk_started', chunk: 0, source, bytes: 1000 });
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 500 });
    reporter.report({ type: 'records_decoded', chunk: 0, records: 100 });
    reporter.report({ type: 'rows_stored', chunk: 0, rows: 50, rejected: 0 });
  };
  return { terminal, reporter, halfAChunk };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

const holds = (part: string) => (text: string) => text.includes(part);

describe('the bar reporter', () => {
  it('draws on a timer, not per event', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    reporter.report(runStarted(1, 1000));
    const before = terminal.writes.length;
    halfAChunk();
    expect(terminal.writes).to.have.length(before);
    await terminal.seen(holds('data/a.dbn.zst'));
    expect(terminal.screen.join('\n'))
      .to.match(/^read .* 50 %/m)
      .and.to.match(/^load .* 25 %/m);
    await reporter.close();
  });

  it('writes notes at once while nothing is drawn', async () => {
    const { terminal, reporter } = open(80);
    reporter.report(note('info', 'starting the embedded database'));
    reporter.report(note('debug', 'not for everyone'));
    expect(terminal.screen).to.deep.equal(['starting the embedded database']);
    await reporter.close();
  });

  it('puts notes above the block, in their order, and the block stays whole', async () => {
    const { terminal, reporter, halfAChunk } = open(60);
    reporter.report(runStarted(1, 1000));
    halfAChunk();
    reporter.report(note('warning', 'the first'));
    reporter.report(note('error', 'the second\nhas two lines'));
    await terminal.seen(holds('has two lines'));
    const { screen } = terminal;
    expect(screen.slice(0, 5)).to.deep.equal([
      'warning: the first',
      'error: the second',
      '  has two lines',
      '',
      'data/a.dbn.zst',
    ]);
    expect(screen.filter((line) => line.startsWith('read'))).to.have.length(1);
    await reporter.close();
    expect(terminal.screen).to.deep.equal(['warning: the first', 'error: the second', '  has two lines']);
  });

  for (const columns of [20, 60, 80, 200]) {
    it(`never lets a line wrap on ${columns} columns`, async () => {
      const { terminal, reporter, halfAChunk } = open(columns);
      reporter.report(runStarted(1, 1000));
      halfAChunk('日本語/'.repeat(80));
      await terminal.seen(holds('50 %'));
      expect(terminal.wrapped).to.equal(false);
      await reporter.close();
      expect(terminal.screen).to.deep.equal([]);
    });
  }

  it('follows the window when it is resized, and waits until it holds still', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    reporter.report(runStarted(1, 1000));
    halfAChunk();
    await terminal.seen(holds('50 %'));
    terminal.resize(60);
    reporter.report(note('info', 'after the resize'));
    await terminal.seen(holds('after the resize'));
    expect(terminal.screen.filter((line) => line.startsWith('read'))).to.have.length(1);
    expect(Math.max(...terminal.screen.map((line) => line.length))).to.be.at.most(60);
    await reporter.close();
    expect(terminal.screen).to.deep.equal(['after the resize']);
  });

  describe('where an account of the run follows', () => {
    const failed = 'failed: "b.dbn" is not a DBN file';
    const run = async (then: (reporter: BarReporter, pass: (ms: number) => void) => void | Promise<void>) => {
      let clock = 0;
      const { terminal, reporter } = open(80, { accountFollows: true, now: () => clock });
      reporter.report(runStarted(2, 1000));
      reporter.report(failedChunk(1, 'b.dbn'));
      await then(reporter, (ms) => (clock += ms));
      await terminal.seen(() => true);
      await reporter.close();
      return terminal.screen;
    };

    it('leaves a failure right before the end to it', async () => {
      expect(await run((reporter) => reporter.report(runFinished()))).to.deep.equal([]);
    });

    it('tells of a failure while the run goes on', async () => {
      const screen = await run(async (reporter, pass) => {
        pass(3000);
        await new Promise((resolve) => setTimeout(resolve, 400));
        reporter.report(runFinished());
      });
      expect(screen).to.deep.equal([failed]);
    });

    it('tells of a failure when the run comes to no end of its own', async () => {
      expect(await run(() => undefined)).to.deep.equal([failed]);
    });
  });

  it('shows failed chunks above the bars, and loaded ones only when verbose', async () => {
    for (const verbose of [false, true]) {
      const { terminal, reporter } = open(80, { verbose });
      reporter.report(runStarted(3, 1000));
      reporter.report({ type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: null });
      reporter.report({ type: 'record_rejected', chunk: 0, ordinal: 7, schema: 'trades', reason: 'price "x"' });
      reporter.report(chunkFinished(0, { source: 'a.dbn' }));
      reporter.report(failedChunk(1, 'b.dbn'));
      reporter.report(note('debug', 'for the curious'));
      await reporter.close();
      const more = ['rejected record 7 of "a.dbn" (trades): price "x"', 'loaded "a.dbn": 0 records'];
      const failed = 'failed: "b.dbn" is not a DBN file';
      expect(terminal.screen).to.deep.equal(verbose ? [...more, failed, 'debug: for the curious'] : [failed]);
    }
  });

  it('does not hold more than some hundred lines until the next picture', async () => {
    const { terminal, reporter } = open(80, { verbose: true });
    reporter.report(runStarted(1, 1000));
    const before = terminal.writes.length;
    for (let ordinal = 0; ordinal < 1200; ordinal++) {
      reporter.report({ type: 'record_rejected', chunk: 0, ordinal, schema: 'trades', reason: 'odd' });
    }
    expect(terminal.writes.length - before).to.equal(2);
    await reporter.close();
    expect(terminal.screen).to.have.length(1200);
  });

  it('clears the block when the run is finished, before anybody writes the table', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    reporter.report(runStarted(1, 1000));
    halfAChunk();
    reporter.report(runFinished());
    expect(terminal.screen).to.deep.equal([]);
    terminal.write('the table\n');
    await reporter.close();
    expect(terminal.screen).to.deep.equal(['the table']);
  });

  it('clears the block when the process exits in the middle of a run', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    const before = process.listenerCount('exit');
    reporter.report(runStarted(1, 1000));
    halfAChunk();
    const [clear] = process.listeners('exit').slice(before);
    clear?.(130);
    expect(terminal.screen).to.deep.equal([]);
    await reporter.close();
    expect(process.listenerCount('exit')).to.equal(before);
  });

  it('never hides the cursor, so that a killed process leaves it visible', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    reporter.report(runStarted(1, 1000));
    halfAChunk();
    await terminal.seen(holds('50 %'));
    expect(terminal.text).not.to.include('\x1b[?25l');
    await reporter.close();
  });

  it('stops drawing when the reader goes away', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    const hooks = process.listenerCount('exit');
    reporter.report(runStarted(1, 1000));
    terminal.break();
    halfAChunk();
    await new Promise((resolve) => terminal.once('error', resolve));
    await until(() => process.listenerCount('exit') === hooks);
    const before = terminal.listenerCount('error');
    await reporter.close();
    expect(terminal.listenerCount('error'), 'still guarded').to.equal(before).and.above(0);
  });

  it('skips pictures while the reader is behind, but no notes', async () => {
    const { terminal, reporter, halfAChunk } = open(80);
    reporter.report(runStarted(1, 1000));
    terminal.writableNeedDrain = true;
    halfAChunk();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(terminal.text).not.to.include('data/a.dbn.zst');
    reporter.report(note('info', 'important'));
    await terminal.seen(holds('important'));
    await reporter.close();
  });

  it('assumes 80 columns, this clock and this process when it is told nothing', async () => {
    const { terminal, reporter } = open(200, { columns: () => undefined, memory: undefined, intervalMs: undefined });
    reporter.report(runStarted(1, 1000));
    reporter.report(runStarted(1, 1000));
    expect(Math.max(...terminal.screen.map((line) => line.length))).to.be.within(60, 80);
    await reporter.close();
  });
});
