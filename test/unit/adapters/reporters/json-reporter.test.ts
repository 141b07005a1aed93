import { expect } from 'chai';
import { JsonReporter } from '../../../../src/adapters/reporters/json-reporter.js';
import type { ReporterSettings } from '../../../../src/core/progress/reporter-definition.js';
import { RecordingStream } from '../../../../src/testing/recording-stream.js';
import {
  chunkFinished,
  madeUpChunk,
  madeUpReport,
  note,
  runFinished,
  runStarted,
} from '../../../support/made-up-run.js';

function open(more: Partial<ReporterSettings> = {}) {
  const stream = new RecordingStream();
  const clock = { at: 0 };
  const reporter = new JsonReporter({
    stream,
    columns: () => undefined,
    redrawable: false,
    color: false,
    unicode: false,
    verbose: false,
    now: () => clock.at,
    memory: () => 1024,
    ...more,
  });
  const messages = (): Record<string, unknown>[] =>
    stream.text
      .trim()
      .split('\n')
      .map((line) => {
        const { time, ...message } = JSON.parse(line) as Record<string, unknown>;
        expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
        return message;
      });
  return { stream, reporter, clock, messages };
}

describe('the json reporter', () => {
  it('writes one object a line, each of a documented shape', async () => {
    const { reporter, messages, clock } = open();
    reporter.report(runStarted(2, 2000));
    reporter.report({ type: 'chunk_started', chunk: 0, source: 'a.dbn.zst', bytes: 1000 });
    reporter.report({ type: 'header_read', chunk: 0, dataset: 'GLBX.MDP3', schema: 'trades' });
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 1000 });
    reporter.report({ type: 'records_decoded', chunk: 0, records: 50 });
    reporter.report({ type: 'rows_stored', chunk: 0, rows: 49, rejected: 1 });
    reporter.report({ type: 'record_rejected', chunk: 0, ordinal: 3, schema: 'trades', reason: 'odd' });
    reporter.report(note('debug', 'not for everyone'));
    reporter.report(note('warning', 'careful'));
    reporter.report(chunkFinished(0));
    clock.at = 2000;
    reporter.report(runFinished());
    await reporter.close();
    expect(messages()).to.deep.equal([
      { message_type: 'run_started', run_id: madeUpReport().run_id, chunks: 2, bytes: 2000 },
      { message_type: 'chunk_started', chunk: 0, source: 'a.dbn.zst', bytes: 1000 },
      { message_type: 'header_read', chunk: 0, dataset: 'GLBX.MDP3', schema: 'trades' },
      { message_type: 'note', level: 'warning', text: 'careful' },
      { message_type: 'chunk_finished', chunk: 0, report: madeUpChunk() },
      {
        message_type: 'progress',
        elapsed_ms: 2000,
        eta_ms: 2000,
        chunks: { planned: 2, done: 1, failed: 0 },
        bytes: { read: 1000, total: 2000, fetched: 0 },
        records: { decoded: 0, stored: 0, quarantined: 0 },
        records_per_second: 0,
        rss_bytes: 1024,
      },
      { message_type: 'run_finished', report: madeUpReport() },
    ]);
  });

  it('writes rejected records and debug notes when verbose', async () => {
    const { reporter, messages } = open({ verbose: true });
    reporter.report({ type: 'record_rejected', chunk: 0, ordinal: 3, schema: 'trades', reason: 'odd' });
    reporter.report(note('debug', 'for the curious'));
    await reporter.close();
    expect(messages()).to.deep.equal([
      { message_type: 'record_rejected', chunk: 0, ordinal: 3, schema: 'trades', reason: 'odd' },
      { message_type: 'note', level: 'debug', text: 'for the curious' },
    ]);
  });

  it('adds up batches and reports them on a timer', async () => {
    const { stream, reporter } = open({ intervalMs: 10 });
    reporter.report(runStarted(1, null));
    for (let i = 0; i < 1000; i++) reporter.report({ type: 'records_decoded', chunk: 0, records: 7 });
    const line = await stream.seen((text) => text.includes('"progress"'));
    expect(JSON.parse(line)).to.deep.include({ records: { decoded: 7000, stored: 0, quarantined: 0 }, eta_ms: null });
    await reporter.close();
  });

  it('reports the last figures when a run is aborted', async () => {
    const { reporter, messages } = open();
    reporter.report(runStarted(1, null));
    reporter.report({ type: 'bytes_read', chunk: 0, bytes: 5 });
    await reporter.close();
    expect(messages().at(-1)).to.deep.include({
      message_type: 'progress',
      bytes: { read: 5, total: null, fetched: 0 },
    });
  });

  it('keeps texts as they are and still harmless for a terminal', async () => {
    const { stream, reporter, messages } = open();
    const text = 'a\x1b[2J\u009b1m\u202e日本\n';
    reporter.report(note('info', text));
    await reporter.close();
    expect(messages()).to.deep.equal([{ message_type: 'note', level: 'info', text }]);
    expect(stream.text.slice(0, -1)).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });
});
