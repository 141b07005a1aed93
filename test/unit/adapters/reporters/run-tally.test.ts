import { expect } from 'chai';
import { RunTally } from '../../../../src/adapters/reporters/run-tally.js';
import type { ProgressEvent } from '../../../../src/core/progress/progress-event.js';
import { noRecords } from '../../../../src/core/report/counts.js';
import { chunkFinished, failedChunk, note, runFinished, runStarted } from '../../../support/made-up-run.js';

function tallyOf(...events: ProgressEvent[]): RunTally {
  const tally = new RunTally();
  for (const event of events) tally.add(event);
  return tally;
}

const halfAChunk: ProgressEvent[] = [
  { type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: 1000 },
  { type: 'header_read', chunk: 0, dataset: 'GLBX.MDP3', schema: 'trades' },
  { type: 'bytes_read', chunk: 0, bytes: 500 },
  { type: 'records_decoded', chunk: 0, records: 40 },
  { type: 'rows_stored', chunk: 0, rows: 18, rejected: 2 },
];

describe('the tally of a run', () => {
  it('adds up what is in work', () => {
    const tally = tallyOf(runStarted(2, 2000), ...halfAChunk);
    expect(tally).to.include({ bytesRead: 500, decoded: 40, stored: 18, rejected: 2, chunksDone: 0 });
    expect(tally.inWork.get(0)).to.include({ source: 'a.dbn', dataset: 'GLBX.MDP3', schema: 'trades' });
  });

  it('takes the report of a chunk that is done for the truth', () => {
    const records = { ...noRecords(), decoded: 80, loaded: 70, quarantined: 3, already_loaded: 7 };
    const tally = tallyOf(runStarted(2, 2000), ...halfAChunk, chunkFinished(0, { records }));
    expect(tally).to.include({ decoded: 80, stored: 70, rejected: 3, chunksDone: 1, chunksFailed: 0 });
    expect(tally.inWork.size).to.equal(0);
  });

  it('takes back what was on its way into a chunk that failed', () => {
    const tally = tallyOf(runStarted(2, 2000), ...halfAChunk, failedChunk(0, 'a.dbn'));
    expect(tally).to.include({ decoded: 40, stored: 0, rejected: 0, chunksDone: 1, chunksFailed: 1 });
  });

  it('starts a chunk anew that is tried again', () => {
    const tally = tallyOf(runStarted(2, 2000), ...halfAChunk, ...halfAChunk);
    expect(tally).to.include({ bytesRead: 500, decoded: 40, stored: 18, rejected: 2 });
  });

  it('changes its version with its figures only', () => {
    const tally = tallyOf(runStarted(1, null));
    const { version } = tally;
    tally.add(note('info', 'hello'));
    tally.add({ type: 'from_a_later_version' } as unknown as ProgressEvent);
    expect(tally.version).to.equal(version);
    tally.add(runFinished());
    expect(tally.version).to.be.above(version);
    expect(tally.finished).to.equal(true);
  });
});

describe('the shares that bars are drawn from', () => {
  it('are of the bytes, read and stored', () => {
    const tally = tallyOf(runStarted(2, 2000), ...halfAChunk);
    expect(tally.readShare).to.equal(0.25);
    expect(tally.storedShare).to.equal(0.125);
  });

  it('count a chunk as whole only when it is done', () => {
    const tally = tallyOf(
      runStarted(1, 1000),
      { type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: 1000 },
      { type: 'bytes_read', chunk: 0, bytes: 1000 },
      { type: 'records_decoded', chunk: 0, records: 40 },
      { type: 'rows_stored', chunk: 0, rows: 40, rejected: 0 },
    );
    expect(tally.readShare).to.equal(1);
    expect(tally.storedShare).to.equal(0.99);
    tally.add(chunkFinished(0));
    expect(tally.storedShare).to.equal(1);
  });

  it('do not exceed the whole when a chunk is read twice', () => {
    const tally = tallyOf(
      runStarted(2, 2000),
      { type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: 1000 },
      { type: 'bytes_read', chunk: 0, bytes: 2500 },
    );
    expect(tally.readShare).to.equal(0.5);
  });

  it('are of the chunks when the size is not known', () => {
    const tally = tallyOf(runStarted(4, null), { type: 'bytes_read', chunk: 9, bytes: 10 }, chunkFinished(9));
    expect(tally.readShare).to.equal(null);
    expect(tally.storedShare).to.equal(0.25);
  });

  it('are not known for one chunk of unknown size', () => {
    expect(tallyOf(runStarted(1, null)).storedShare).to.equal(null);
  });

  it('are whole when there is nothing to read', () => {
    expect(tallyOf(runStarted(2, 0)).readShare).to.equal(1);
  });
});
