import { expect } from 'chai';
import fc from 'fast-check';
import { BarBlock } from '../../../../src/adapters/reporters/bar-block.js';
import { progressBar } from '../../../../src/adapters/reporters/progress-bar.js';
import type { RunFigures } from '../../../../src/adapters/reporters/run-figures.js';
import { RunTally } from '../../../../src/adapters/reporters/run-tally.js';
import { displayWidth } from '../../../../src/adapters/terminal/display-width.js';
import { styleFor } from '../../../../src/adapters/terminal/style.js';
import type { ProgressEvent } from '../../../../src/core/progress/progress-event.js';
import { chunkFinished, failedChunk, runStarted } from '../../../support/made-up-run.js';

const plain = styleFor(false);
const figures: RunFigures = {
  elapsedMs: 31_400,
  recordsPerSecond: 1_234_567,
  bytesPerSecond: 220_200_960,
  fetchedBytesPerSecond: 10_485_760,
  etaMs: 21_300,
  memoryBytes: 327_155_712,
};

function tallyOf(...events: ProgressEvent[]): RunTally {
  const tally = new RunTally();
  for (const event of events) tally.add(event);
  return tally;
}

const inWork = (source = 'data/glbx-mdp3-20240105.trades.dbn.zst', bytes: number | null = 1_000_000_000): RunTally =>
  tallyOf(
    runStarted(2, bytes === null ? null : 2 * bytes),
    failedChunk(1, 'b.dbn'),
    { type: 'chunk_started', chunk: 0, source, bytes },
    { type: 'header_read', chunk: 0, dataset: 'GLBX.MDP3', schema: 'trades' },
    { type: 'bytes_read', chunk: 0, bytes: 500_000_000 },
    { type: 'records_decoded', chunk: 0, records: 15_000_000 },
    { type: 'rows_stored', chunk: 0, rows: 11_999_999, rejected: 1 },
  );

describe('a bar', () => {
  it('is heavy for what is done and light for what is left', () => {
    expect(progressBar(0.5, 10, plain, true)).to.equal('━━━━━─────');
    expect(progressBar(0.56, 10, plain, true)).to.equal('━━━━━╸────');
    expect(progressBar(0.56, 10, plain, false)).to.equal('#####.....');
  });

  it('keeps its width at and beyond its ends', () => {
    for (const share of [-1, 0, 0.999, 1, 2]) expect(displayWidth(progressBar(share, 10, plain, true))).to.equal(10);
  });
});

describe('the block of bars', () => {
  it('shows what is in work, a bar per stage and the totals', () => {
    expect(new BarBlock(plain, true).lines(inWork(), figures, 79)).to.deep.equal([
      '',
      'data/glbx-mdp3-20240105.trades.dbn.zst  GLBX.MDP3 trades',
      'read  ━━━━━━━━━────────────────────────────   25 %  0.47 of 1.86 GiB  210 MiB/s',
      'load  ━━━━━━━──────────────────────────────   20 %  about 60,000,000 records',
      '1 of 2 chunks   15,000,000 records read   11,999,999 stored   1 error',
      '1 quarantined   1,230,000 records/s   31 s elapsed   22 s left   312 MiB memory',
    ]);
  });

  it('shows what is being fetched, and a bar of what is', () => {
    const fetching: ProgressEvent[] = [
      { type: 'run_started', runId: 'r', chunks: 4, bytes: null, fetches: 4 },
      { type: 'fetch_started', chunk: 0, source: 'databento:GLBX.MDP3/trades 2024-01-02' },
      { type: 'bytes_fetched', chunk: 0, bytes: 1_048_576 },
    ];
    const first = new BarBlock(plain, true).lines(tallyOf(...fetching), figures, 79);
    expect(first[1]).to.equal('fetching  databento:GLBX.MDP3/trades 2024-01-02');
    const tally = tallyOf(...fetching, { type: 'fetch_finished', chunk: 0 });
    expect(new BarBlock(plain, true).lines(tally, figures, 79)[2]).to.equal(
      'fetch  ━━━━━━━─────────────────────   25 %  1 of 4 chunks  1.00 MiB  10.0 MiB/s',
    );
  });

  it('has one line of totals on a wide terminal', () => {
    const lines = new BarBlock(plain, true).lines(inWork(), figures, 199);
    expect(lines).to.have.length(5);
    expect(lines.at(-1)).to.match(/^1 of 2 chunks .* 312 MiB memory$/);
  });

  it('is ASCII where it has to be', () => {
    const lines = new BarBlock(plain, false).lines(inWork('x'.repeat(200)), { ...figures, etaMs: null }, 79);
    expect(lines.join('')).to.match(/^[\x20-\x7e]*$/);
    expect(lines[1]).to.include('...');
  });

  it('shows figures without bars when the size is not known', () => {
    const lines = new BarBlock(plain, true).lines(inWork('stdin', null), figures, 79);
    expect(lines.slice(2, 4)).to.deep.equal([
      'read  477 MiB  210 MiB/s',
      // one of two chunks is done, so there is a share of the chunks
      'load  ━━━━━━━━━━━━━━━━━━━━────────────────────   50 %  11,999,999 records',
    ]);
  });

  it('counts the chunks that are in work besides the one it names', () => {
    const tally = inWork();
    for (const chunk of [5, 6]) tally.add({ type: 'chunk_started', chunk, source: 'c.dbn', bytes: 1 });
    expect(new BarBlock(plain, true).lines(tally, figures, 99)[1]).to.match(/GLBX.MDP3 trades {2}\+2 more$/);
  });

  it('says when nothing is in work', () => {
    const block = new BarBlock(plain, true);
    const tally = tallyOf(runStarted(1, 10));
    expect(block.lines(tally, figures, 79)[1]).to.equal('starting');
    tally.add(chunkFinished(0));
    expect(block.lines(tally, figures, 79)[1]).to.equal('finishing');
  });

  it('guesses the number of all records only when a part is read, and knows it at the end', () => {
    const block = new BarBlock(plain, true);
    const tally = tallyOf(runStarted(1, 1000), { type: 'chunk_started', chunk: 0, source: 'a', bytes: 1000 });
    tally.add({ type: 'bytes_read', chunk: 0, bytes: 10 });
    tally.add({ type: 'records_decoded', chunk: 0, records: 7 });
    expect(block.lines(tally, figures, 79)[3]).to.match(/0 %$/);
    tally.add({ type: 'bytes_read', chunk: 0, bytes: 990 });
    expect(block.lines(tally, figures, 79)[3]).to.match(/ 7 records$/);
  });

  it('makes names harmless', () => {
    expect(new BarBlock(plain, true).lines(inWork('\x1b[2J.dbn'), figures, 79)[1]).to.match(/^\\x1b\[2J\.dbn/);
  });

  it('holds still: columns that have grown do not shrink', () => {
    const block = new BarBlock(plain, true);
    const column = (elapsedMs: number): number =>
      block
        .lines(inWork(), { ...figures, elapsedMs }, 199)
        .at(-1)
        ?.indexOf('22 s left') ?? -1;
    const wide = column(119_000);
    expect(column(120_000)).to.equal(wide);
  });

  it('never exceeds the columns, whatever the name and the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 20, max: 220 }), (name, columns) => {
        for (const line of new BarBlock(styleFor(true), true).lines(inWork(name), figures, columns)) {
          expect(displayWidth(line)).to.be.at.most(columns);
        }
      }),
    );
  });
});
