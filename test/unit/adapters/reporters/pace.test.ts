import { expect } from 'chai';
import { Pace } from '../../../../src/adapters/reporters/pace.js';
import { RunClock } from '../../../../src/adapters/reporters/run-figures.js';
import { RunTally } from '../../../../src/adapters/reporters/run-tally.js';
import { runStarted } from '../../../support/made-up-run.js';

describe('pace', () => {
  it('is not known before there are two moments', () => {
    const pace = new Pace(1000);
    expect(pace.perSecond(0, 0)).to.equal(null);
    pace.sample(0, 0);
    expect(pace.perSecond(1, 10)).to.equal(null);
  });

  it('is the growth per second', () => {
    const pace = new Pace(1000);
    pace.sample(0, 100);
    expect(pace.perSecond(500, 150)).to.equal(100);
  });

  it('forgets what is older than its window', () => {
    const pace = new Pace(1000);
    for (let at = 0; at <= 5000; at += 100) pace.sample(at, at < 3000 ? 1e6 : 1e6 + (at - 3000));
    expect(pace.perSecond(5000, 1e6 + 2000)).to.equal(1000);
  });

  it('starts anew when the figure falls', () => {
    const pace = new Pace(1000);
    pace.sample(0, 1000);
    pace.sample(500, 10);
    expect(pace.perSecond(1000, 20)).to.equal(20);
  });

  it('leaves out samples that come too close', () => {
    const pace = new Pace(1000, 10);
    for (let at = 0; at < 100; at++) pace.sample(at, at);
    expect(pace.perSecond(1000, 1000)).to.equal(1000);
  });
});

describe('the figures of a run', () => {
  const start = () => {
    const tally = new RunTally();
    let at = 5000;
    const clock = new RunClock(
      tally,
      () => at,
      () => 77,
    );
    tally.add(runStarted(1, 1_000_000));
    tally.add({ type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: 1_000_000 });
    clock.start();
    const second = (): void => {
      at += 1000;
      tally.add({ type: 'bytes_read', chunk: 0, bytes: 100_000 });
      tally.add({ type: 'records_decoded', chunk: 0, records: 2000 });
      tally.add({ type: 'rows_stored', chunk: 0, rows: 2000, rejected: 0 });
    };
    return { tally, clock, second };
  };

  it('are rates, memory, and the time left at the pace of this run', () => {
    const { clock, second } = start();
    for (let i = 0; i < 5; i++) {
      second();
      clock.look();
    }
    const figures = clock.look();
    expect(figures).to.include({ elapsedMs: 5000, recordsPerSecond: 2000, bytesPerSecond: 100_000, memoryBytes: 77 });
    expect(figures.etaMs).to.be.closeTo(5100, 100);
  });

  it('say nothing of the time left in the first two seconds', () => {
    const { clock, second } = start();
    second();
    expect(clock.look().etaMs).to.equal(null);
  });

  it('know no end when nothing moves', () => {
    const { clock, second, tally } = start();
    second();
    second();
    tally.inWork.clear();
    expect(clock.look().etaMs).to.equal(null);
  });
});
