import { expect } from 'chai';
import { PlainReporter } from '../../../../src/adapters/reporters/plain-reporter.js';
import type { ReporterSettings } from '../../../../src/core/progress/reporter-definition.js';
import { noRecords } from '../../../../src/core/report/counts.js';
import { RecordingStream } from '../../../../src/testing/recording-stream.js';
import { chunkFinished, failedChunk, note, runFinished, runStarted } from '../../../support/made-up-run.js';

function open(more: Partial<ReporterSettings> = {}) {
  const stream = new RecordingStream();
  const clock = { at: 0 };
  const reporter = new PlainReporter({
    stream,
    columns: () => undefined,
    redrawable: false,
    color: false,
    unicode: true,
    verbose: false,
    now: () => clock.at,
    memory: () => 312 * 1024 ** 2,
    intervalMs: 10,
    ...more,
  });
  return { stream, reporter, clock };
}

describe('the plain reporter', () => {
  it('writes a line of totals every so often', async () => {
    const { stream, reporter, clock } = open();
    reporter.report(runStarted(4, 4000));
    reporter.report({ type: 'chunk_started', chunk: 0, source: 'a.dbn', bytes: 1000 });
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 1000 });
    reporter.report({ type: 'records_decoded', chunk: 0, records: 5000 });
    reporter.report({ type: 'rows_stored', chunk: 0, rows: 4998, rejected: 2 });
    clock.at = 4200;
    const line = await stream.seen((text) => text.includes('elapsed'));
    expect(line).to.equal(
      '0 of 4 chunks, 5,000 records read, 4,998 stored, 0 errors, 2 quarantined, 1,190 records/s, 4 s elapsed, 13 s left, 312 MiB memory\n',
    );
    expect(stream.text).to.match(/^4 chunks, 3\.91 KiB\n/);
    await reporter.close();
  });

  it('leaves out what it does not know, and names one error in the singular', async () => {
    const { stream, reporter } = open();
    reporter.report(runStarted(1, null));
    reporter.report(failedChunk(0, 'b.dbn'));
    const line = await stream.seen((text) => text.includes('elapsed'));
    expect(line).to.equal(
      '1 of 1 chunk, 0 records read, 0 stored, 1 error, 0 records/s, 0 s elapsed, 312 MiB memory\n',
    );
    expect(stream.text).to.match(/^1 chunk\nfailed: "b\.dbn" is not a DBN file\n/);
    await reporter.close();
  });

  it('says once that nothing moves, not again and again', async () => {
    const { stream, reporter } = open();
    reporter.report(runStarted(1, null));
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 10 });
    await stream.seen((text) => text.includes('elapsed'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(stream.writes.filter((text) => text.includes('elapsed'))).to.have.length(1);
    await reporter.close();
  });

  it('writes the end of a chunk, but not for each of thousands', async () => {
    const { stream, reporter, clock } = open({ intervalMs: 60_000 });
    reporter.report(runStarted(9000, null));
    const records = { ...noRecords(), decoded: 1300, loaded: 1234, already_loaded: 60, quarantined: 6 };
    for (let chunk = 0; chunk < 9000; chunk++) {
      clock.at += 1;
      reporter.report(chunkFinished(chunk, { source: `${chunk}.dbn`, records }));
    }
    reporter.report(runFinished());
    await reporter.close();
    const lines = stream.text.split('\n');
    expect(lines[1]).to.equal('loaded "0.dbn": 1,234 records, 60 already there, 6 quarantined');
    expect(lines.filter((line) => line.startsWith('loaded'))).to.have.length(9);
  });

  it('writes every chunk and every rejected record when verbose', async () => {
    const { stream, reporter } = open({ verbose: true });
    reporter.report(runStarted(3, null));
    reporter.report({ type: 'record_rejected', chunk: 0, ordinal: 18442, schema: 'trades', reason: 'odd' });
    reporter.report(
      chunkFinished(0, { source: 'a', status: 'already_loaded', records: { ...noRecords(), decoded: 3 } }),
    );
    reporter.report(chunkFinished(1, { source: 'b', status: 'cancelled' }));
    reporter.report(chunkFinished(2, { source: 'c', status: 'planned' }));
    await reporter.close();
    expect(stream.text.split('\n').slice(1)).to.deep.equal([
      'rejected record 18442 (trades): odd',
      'already there "a": 3 records',
      'cancelled "b": rolled back',
      'planned "c"',
      '',
    ]);
  });

  it('names the first failed chunks and leaves the rest to the report', async () => {
    const { stream, reporter } = open();
    for (let chunk = 0; chunk < 1000; chunk++) reporter.report(failedChunk(chunk, `${chunk}.dbn`));
    await reporter.close();
    const lines = stream.text.split('\n');
    expect(lines).to.have.length(22);
    expect(lines.at(-2)).to.equal('failed more chunks; the report at the end names them');
  });

  it('writes notes as they come', async () => {
    const { stream, reporter } = open();
    reporter.report(note('info', 'hello'));
    reporter.report(note('warning', 'careful'));
    expect(stream.text).to.equal('hello\nwarning: careful\n');
    await reporter.close();
  });

  it('stops when the reader goes away, and skips totals while it is behind', async () => {
    const { stream, reporter } = open();
    reporter.report(runStarted(1, 10));
    stream.writableNeedDrain = true;
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 10 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stream.writes).to.have.length(1);
    stream.writableNeedDrain = false;
    stream.break();
    await new Promise((resolve) => stream.once('error', resolve));
    await reporter.close();
  });

  it('survives a stream that throws', async () => {
    const { stream, reporter } = open();
    stream.write = () => {
      throw new Error('write after end');
    };
    reporter.report(note('info', 'hello'));
    await reporter.close();
  });

  it('survives a stream that throws only at the end', async () => {
    const { stream, reporter } = open();
    stream.write = () => {
      throw new Error('write after end');
    };
    await reporter.close();
  });
});
